/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every error code of the tree.  Functions return 0 or one of these, negated.
 * The sentence says when a code is the right one; ERRNO_LIST is also what
 * errno_name() and errno_text() are made of.  Numbers are Linux's.
 */
#ifndef VMM_ERRNO_H
#define VMM_ERRNO_H

#define ERRNO_LIST(X)							\
	X(EPERM,	1, "the object does not allow this now")	\
	X(ENOENT,	2, "nothing has that name")			\
	X(EINTR,	4, "the wait was ended by a stop request")	\
	X(EIO,		5, "the hardware answered with an error")	\
	X(E2BIG,	7, "more than a fixed limit allows")		\
	X(ENOEXEC,	8, "not an image that can be run here")		\
	X(EAGAIN,	11, "ask again, the state is about to change")	\
	X(ENOMEM,	12, "not enough memory")			\
	X(EFAULT,	14, "an address that nothing answers")		\
	X(EBUSY,	16, "in use by somebody else")			\
	X(EEXIST,	17, "the name or place is taken")		\
	X(ENODEV,	19, "not a device of this kind")		\
	X(ENOTDIR,	20, "a directory is needed here")		\
	X(EISDIR,	21, "a directory, where a file is needed")	\
	X(EINVAL,	22, "the request contradicts itself or its rules") \
	X(ENOSPC,	28, "no room left in a fixed table")		\
	X(ERANGE,	34, "a number outside its allowed range")	\
	X(EBADMSG,	74, "malformed data")				\
	X(ENOTSUP,	95, "the machine or this build cannot do it")	\
	X(ETIMEDOUT,	110, "no answer in time")			\
	X(ECANCELED,	125, "undone before it was finished")		\
	X(EPROBE_LATER,	517, "something this device needs is not there yet")

#define ERRNO_ENUM(name, number, text)	name = number,
enum { ERRNO_LIST(ERRNO_ENUM) };
#undef ERRNO_ENUM

/* The symbol ("EINVAL") and the sentence of a code, negative or positive. */
const char *errno_name(int code);
const char *errno_text(int code);

#endif
