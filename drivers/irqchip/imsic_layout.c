// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses of interrupt files: AIA 1.0, 3.6, and the binding riscv,imsics. */
#include "imsic.h"
#include <vmm/errno.h>

#define FILE_SHIFT		12
#define GROUP_SHIFT_DEFAULT	24

int imsic_layout_read(struct dt_node n, u32 file_count,
		      struct imsic_layout *out)
{
	struct imsic_layout l = { .group_shift = GROUP_SHIFT_DEFAULT };

	while (l.hart_bits < 16 && BIT(l.hart_bits) < file_count)
		l.hart_bits++;
	dt_u32(n, "riscv,guest-index-bits", 0, &l.guest_bits);
	dt_u32(n, "riscv,hart-index-bits", 0, &l.hart_bits);
	dt_u32(n, "riscv,group-index-bits", 0, &l.group_bits);
	dt_u32(n, "riscv,group-index-shift", 0, &l.group_shift);
	if (l.guest_bits > 6 || l.hart_bits > 16 || l.group_bits > 14 ||
	    l.group_shift > 55 ||
	    (l.group_bits && FILE_SHIFT + l.guest_bits + l.hart_bits >
			     l.group_shift))
		return -EINVAL;
	*out = l;
	return 0;
}

u32 imsic_layout_index(const struct imsic_layout *l, u64 pa)
{
	u64 hart = pa >> (FILE_SHIFT + l->guest_bits);
	u64 group = pa >> l->group_shift;

	hart &= BIT64(l->hart_bits) - 1;
	group &= BIT64(l->group_bits) - 1;
	return (u32)(group << l->hart_bits | hart);
}

int imsic_layout_file(struct dt_node n, const struct imsic_layout *l, u32 i,
		      u64 *pa)
{
	u64 at = (u64)i << (FILE_SHIFT + l->guest_bits), base, size;
	unsigned region;

	for (region = 0; !dt_reg(n, region, &base, &size); region++) {
		if (at < size) {
			*pa = base + at;
			return 0;
		}
		at -= size;
	}
	return -ENOENT;
}
