/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link-time sets (<vmm/set.h>) for linker scripts: a set that is missing
 * here is an error of the link.
 */
#ifndef VMM_SETS_LDS_H
#define VMM_SETS_LDS_H

#define SET_SECTION(name)						\
	. = ALIGN(8);							\
	__start_set_##name = .;						\
	KEEP(*(set_##name))						\
	__stop_set_##name = .;

#define SETS								\
	SET_SECTION(command)						\
	SET_SECTION(daemon)						\
	SET_SECTION(driver)						\
	SET_SECTION(emulator)						\
	SET_SECTION(option)						\
	SET_SECTION(sched_policy)					\
	SET_SECTION(suite)

#endif
