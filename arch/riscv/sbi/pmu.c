// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Performance monitoring, SBI 3.0 chapter 11: counters of what the firmware
 * does for a VCPU.  There are none of the hardware's: those are the host's.
 */

#include "sbi.h"

#include <vmm/guest.h>

#define EVENT_TYPE(event)	((event) >> 16 & 0xf)
#define EVENT_CODE(event)	((event) & 0xffff)
#define TYPE_FIRMWARE		15
#define INFO_FIRMWARE		BIT64(63)

/* Flags, and all of those that are defined. */
enum { CONFIG_SKIP_MATCH = 1, CONFIG_CLEAR = 2, CONFIG_START = 4,
       CONFIG_FLAGS = 0xff };
enum { START_SET_VALUE = 1, START_SNAPSHOT = 2, START_FLAGS = 3 };
enum { STOP_RESET = 1, STOP_SNAPSHOT = 2, STOP_FLAGS = 3 };

/*
 * args: a set of counters by the number of its bit 0 and a mask, and flags.
 * False: some are not.
 */
static bool counters_parse(const u64 *args, u64 flags, u64 *set)
{
	u64 base = args[0], mask = args[1];

	if (!mask || base >= ARCH_PMU_COUNTERS ||
	    mask >> (ARCH_PMU_COUNTERS - base) || args[2] & ~flags)
		return false;
	*set = mask << base;
	return true;
}

static u64 value_of(const struct vcpu *v, const struct arch_pmu_counter *c)
{
	return c->started ? c->value + v->arch.events[c->event] : c->value;
}

/* From now on it has that value; while started, less what is counted. */
static void set_value(const struct vcpu *v, struct arch_pmu_counter *c,
		      u64 value)
{
	c->value = c->started ? value - v->arch.events[c->event] : value;
}

static void set_started(const struct vcpu *v, struct arch_pmu_counter *c,
			bool started)
{
	u64 value = value_of(v, c);

	c->started = started;
	set_value(v, c, value);
}

static sbi_answer num_counters(struct vcpu *v, const u64 *args)
{
	(void)v, (void)args;
	return sbi_value(ARCH_PMU_COUNTERS);
}

static sbi_answer get_info(struct vcpu *v, const u64 *args)
{
	(void)v;
	return args[0] < ARCH_PMU_COUNTERS ? sbi_value(INFO_FIRMWARE) :
	       sbi_error(SBI_ERR_INVALID_PARAM);
}

/* The lowest of the set that is free, or the lowest: NULL if there is none. */
static struct arch_pmu_counter *match(struct vcpu *v, u64 set, bool skip)
{
	for (unsigned i = 0; i < ARCH_PMU_COUNTERS; i++)
		if (set >> i & 1 && (skip || !v->arch.counters[i].used))
			return &v->arch.counters[i];
	return NULL;
}

/* args: the set, flags, event; its data is for events of platforms. */
static sbi_answer config_matching(struct vcpu *v, const u64 *args)
{
	u64 set, flags = args[2], event = args[3];
	struct arch_pmu_counter *c;

	if (!counters_parse(args, CONFIG_FLAGS, &set))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	c = match(v, set, flags & CONFIG_SKIP_MATCH);
	if (!c || (flags & CONFIG_SKIP_MATCH && !c->used))
		return sbi_error(SBI_ERR_NOT_SUPPORTED);
	if (!(flags & CONFIG_SKIP_MATCH)) {
		if (EVENT_TYPE(event) != TYPE_FIRMWARE || event >> 20 ||
		    EVENT_CODE(event) >= PMU_EVENT_COUNT ||
		    EVENT_CODE(event) < PMU_EVENT_FIRST)
			return sbi_error(SBI_ERR_NOT_SUPPORTED);
		*c = (struct arch_pmu_counter){
			.used = true, .event = (u8)
				index_clamp(EVENT_CODE(event), PMU_EVENT_COUNT),
		};
	}
	if (flags & CONFIG_CLEAR)
		set_value(v, c, 0);
	if (flags & CONFIG_START)
		set_started(v, c, true);
	return sbi_value((u64)(c - v->arch.counters));
}

/* args: the set, flags, initial value. */
static sbi_answer start(struct vcpu *v, const u64 *args)
{
	s64 error = SBI_SUCCESS;
	u64 set;

	if (!counters_parse(args, START_FLAGS, &set))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	if (args[2] & START_SNAPSHOT)
		return sbi_error(SBI_ERR_NO_SHMEM);
	for (unsigned i = 0; i < ARCH_PMU_COUNTERS; i++) {
		struct arch_pmu_counter *c = &v->arch.counters[i];

		if (!(set >> i & 1))
			continue;
		if (!c->used || c->started) {
			error = c->used ? SBI_ERR_ALREADY_STARTED :
					  SBI_ERR_INVALID_PARAM;
			continue;
		}
		if (args[2] & START_SET_VALUE)
			set_value(v, c, args[3]);
		set_started(v, c, true);
	}
	return sbi_error(error);
}

/* args: the set, flags.  One that is stopped can be reset all the same. */
static sbi_answer stop(struct vcpu *v, const u64 *args)
{
	s64 error = SBI_SUCCESS;
	u64 set;

	if (!counters_parse(args, STOP_FLAGS, &set))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	if (args[2] & STOP_SNAPSHOT)
		return sbi_error(SBI_ERR_NO_SHMEM);
	for (unsigned i = 0; i < ARCH_PMU_COUNTERS; i++) {
		struct arch_pmu_counter *c = &v->arch.counters[i];

		if (!(set >> i & 1))
			continue;
		if (!c->started)
			error = SBI_ERR_ALREADY_STOPPED;
		set_started(v, c, false);
		if (args[2] & STOP_RESET)
			*c = (struct arch_pmu_counter){ .used = false };
	}
	return sbi_error(error);
}

static sbi_answer firmware_read(struct vcpu *v, const u64 *args)
{
	const struct arch_pmu_counter *c =
		&v->arch.counters[index_clamp(args[0], ARCH_PMU_COUNTERS)];

	if (args[0] >= ARCH_PMU_COUNTERS || !c->used)
		return sbi_error(SBI_ERR_INVALID_PARAM);
	return sbi_value(value_of(v, c));
}

/* Counters fit into a register. */
static sbi_answer firmware_read_high(struct vcpu *v, const u64 *args)
{
	return (u64)firmware_read(v, args);
}

/* Neither snapshots nor lists of events, which may be left out. */
const struct sbi_extension sbi_pmu = SBI_EXTENSION(SBI_PMU,
	num_counters, get_info, config_matching, start, stop, firmware_read,
	firmware_read_high);
