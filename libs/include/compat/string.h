/* SPDX-License-Identifier: GPL-2.0-or-later */
/* <string.h> for libraries; our own code includes <libs/string.h>. */
#ifndef COMPAT_STRING_H
#define COMPAT_STRING_H

#include <libs/string.h>

#endif
