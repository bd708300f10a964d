// SPDX-License-Identifier: GPL-2.0-or-later
/* From an operator's options to a guest: the facts of this host added. */
#include <vmm/guest.h>
#include <vmm/arch.h>
#include <vmm/page.h>

void guest_host_facts(const char *name, struct guest_host_facts *out)
{
	struct guest *g = name ? guest_find(name) : NULL;
	struct page_stats memory;

	page_stats_get(&memory);
	*out = (struct guest_host_facts){
		.free_bytes = memory.free_bytes,
		.variants = arch_guest_variants(),
		.address_bits = (u8)arch_guest_address_bits(),
		.name_is_taken = g != NULL,
		.tree = dt_host,
	};
	for_each_online_cpu(c)
		out->cpus |= CPU_MASK(c->index);
	if (g)
		guest_put(g);
}

int guest_create_from(const struct guest_options *options, struct guest **out)
{
	struct guest_host_facts facts;
	struct guest_config *config;
	int rc;

	guest_host_facts(options->name, &facts);
	rc = guest_config_load(options, &facts, &config);
	if (!rc)
		rc = guest_create(config, out);
	if (rc || !(*out)->config->autostart)
		return rc;
	rc = guest_kick(*out);
	if (rc)
		guest_put(*out);
	return rc;
}
