/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image's sections; symbols as <vmm/image.h> documents them. */
#include <arch/boot.h>
#include <arch/page.h>
#include <vmm/image.lds.h>

ENTRY(image_head)

SECTIONS { IMAGE_SECTIONS }

ASSERT(image_load_size <= 64 << 20, "the image outgrew its boot mapping")
