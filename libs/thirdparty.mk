# SPDX-License-Identifier: GPL-2.0-or-later
#
# Libraries that are not ours: compiled freestanding from the sources that
# tools/deps fetched ($(NAME-dir) comes from it), with their own idea of
# warnings.  The linker drops what nobody calls.

thirdparty-libfdt := fdt.o fdt_addresses.o fdt_empty_tree.o fdt_ro.o fdt_rw.o \
		     fdt_strerror.o fdt_sw.o fdt_wip.o fdt_check.o
thirdparty-libdeflate := deflate_decompress.o gzip_decompress.o \
		utils.o $(if $(CONFIG_FAKE),arm/cpu_features.o x86/cpu_features.o)
thirdparty-mbedtls := hmac_drbg.o md.o sha256.o platform_util.o

thirdparty-src-libfdt     := $(libfdt-dir)/libfdt
thirdparty-src-libdeflate := $(libdeflate-dir)/lib
thirdparty-src-mbedtls    := $(mbedtls-dir)/library

# For our code too: how it finds their headers.
thirdparty-includes := -isystem $(libfdt-dir)/libfdt \
	-isystem $(libdeflate-dir) \
	-isystem $(mbedtls-dir)/include \
	-DMBEDTLS_CONFIG_FILE="<libs/mbedtls_config.h>"

thirdparty-flags = $(if $(CONFIG_FAKE),-fno-sanitize=undefined,\
	$(cc-freestanding) -DFREESTANDING) -w \
	$(foreach l,libfdt libdeflate mbedtls,-ffile-prefix-map=$($(l)-dir)/=$(l)/)

define thirdparty-rules
thirdparty-objects += $$(addprefix $$(O)/thirdparty/$(1)/,$$(thirdparty-$(1)))
$$(O)/thirdparty/$(1)/%.o: $$(thirdparty-src-$(1))/%.c $$(O)/flags
	@mkdir -p $$(@D); $$(call say,CC,$(1)/$$*.c)
	$$(Q)$$(CC) $$(cc-flags) $$(thirdparty-flags) $$(includes) -MMD -MP \
		-c -o $$@ $$<
endef
$(foreach l,libfdt libdeflate mbedtls,$(eval $(call thirdparty-rules,$(l))))
