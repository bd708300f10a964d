/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of Mbed TLS that is built: SHA-256 and HMAC_DRBG over it. */
#ifndef LIBS_MBEDTLS_CONFIG_H
#define LIBS_MBEDTLS_CONFIG_H

#include <stdlib.h>	/* calloc and free */

#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_MD_C
#define MBEDTLS_HMAC_DRBG_C

#endif
