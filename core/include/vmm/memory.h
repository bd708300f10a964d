/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What RAM there is and what of it is taken, from the host's tree, before
 * any allocator exists.
 */
#ifndef VMM_MEMORY_H
#define VMM_MEMORY_H

#include <vmm/arch.h>
#include <vmm/types.h>

#define MEMORY_BANK_MAX		64
#define MEMORY_RESERVED_MAX	64

struct memory_range {
	u64 base, size;
	bool no_map;			/* reserved and never to be mapped */
};

/* Sorted by base, merged, never overlapping. */
struct memory_map {
	struct memory_range banks[MEMORY_BANK_MAX];
	struct memory_range reserved[MEMORY_RESERVED_MAX];
	unsigned bank_count, reserved_count;
};
extern struct memory_map memory_map;

/*
 * Reads /memory nodes, /reserved-memory, the reservation block, the initrd
 * and adds image and tree.  Bad nodes are reported and left out; -ENOMEM,
 * reported, when nothing usable is left.
 */
int memory_init(const struct boot_info *boot);

/*
 * Pure parts, tested natively.  Banks are trimmed inwards to whole pages,
 * reservations outwards; of what wraps, the part below the end counts (the
 * last page of the address space is never used).  -ENOSPC: no room.
 */
int memory_map_add_bank(struct memory_map *m, u64 base, u64 size);
int memory_map_reserve(struct memory_map *m, struct memory_range r);
/*
 * Next stretch of RAM at or above *from that nobody reserved, or that is not
 * no-map; *from moves past it.  False when there is none.
 */
bool memory_map_next_free(const struct memory_map *m, u64 *from,
			  struct memory_range *out);
bool memory_map_next_mapped(const struct memory_map *m, u64 *from,
			    struct memory_range *out);

/*
 * A page before page_alloc() works: from the image's boot pool, which is
 * used up with -ENOMEM.  Pages never go back.
 */
int memory_early_page(hpa_t *out);

/*
 * After the linear map is up: everything free, the rest of the boot pool too,
 * goes to page_add_range().
 */
void memory_release_all(void);

#endif
