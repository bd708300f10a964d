/* SPDX-License-Identifier: GPL-2.0-or-later */
/* <assert.h> for libraries (C11 7.2, as with NDEBUG): they check nothing. */
#ifndef COMPAT_ASSERT_H
#define COMPAT_ASSERT_H

#define assert(condition)	((void)0)

#endif
