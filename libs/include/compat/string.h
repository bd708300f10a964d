/* SPDX-License-Identifier: GPL-2.0-or-later */
/* <string.h> for libraries that expect one; our code includes <libs/string.h>. */
#ifndef LIBS_COMPAT_STRING_H
#define LIBS_COMPAT_STRING_H

#include <libs/string.h>

#endif
