// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random bytes: HMAC_DRBG (NIST SP 800-90A, section 10.1.2) over SHA-256 of
 * Mbed TLS, seeded by the loader's /chosen/rng-seed and the jitter of the
 * counter.
 */
#include <vmm/random.h>
#include <arch/cycles.h>
#include <libfdt.h>
#include <libs/string.h>
#include <mbedtls/hmac_drbg.h>
#include <vmm/dt.h>
#include <vmm/log.h>
#include <vmm/wait.h>

#define JITTER_COUNT	32
#define SEED_MAX	128		/* of the loader's, in bytes */
#define REQUEST_MAX	MBEDTLS_HMAC_DRBG_MAX_REQUEST

/* Under lock once random_init() is through. */
static mbedtls_hmac_drbg_context drbg;
static struct mutex lock = MUTEX_INIT(lock);

struct seed {
	u8 loader[SEED_MAX];
	u64 jitter[JITTER_COUNT];
};

/* Memory that nobody reads again: the compiler must not notice. */
static void wipe(void *p, size_t size)
{
	memset(p, 0, size);
	__asm__ volatile("" : : "r"(p) : "memory");
}

/* Takes the loader's seed out of the tree; its size, 0: there is none. */
static size_t seed_take(void *host_tree, u8 *out)
{
	int node = fdt_path_offset(host_tree, "/chosen"), size = 0;
	u8 *seed = NULL;

	if (node >= 0)
		seed = fdt_getprop_w(host_tree, node, "rng-seed", &size);
	if (!seed || size <= 0)
		return 0;
	memcpy(out, seed, MIN((size_t)size, (size_t)SEED_MAX));
	wipe(seed, (size_t)size);
	return (size_t)size;
}

/* Counter values around work whose time nobody knows exactly. */
static void jitter_take(u64 *out)
{
	for (unsigned i = 0; i < JITTER_COUNT; i++) {
		for (volatile unsigned spin = 0; spin < i + 3; spin++)
			continue;
		out[i] = cycles_read();
	}
}

void random_init(void *host_tree)
{
	struct seed seed = { { 0 }, { 0 } };
	const mbedtls_md_info_t *sha = mbedtls_md_info_from_type(
		MBEDTLS_MD_SHA256);
	size_t size = seed_take(host_tree, seed.loader);

	if (!size)
		log_warning("random: the loader gave no /chosen/rng-seed: "
			    "guests' seeds come from timing alone and may be "
			    "guessed");
	jitter_take(seed.jitter);
	mbedtls_hmac_drbg_free(&drbg);
	mbedtls_hmac_drbg_init(&drbg);
	if (mbedtls_hmac_drbg_seed_buf(&drbg, sha, (const u8 *)&seed,
				       sizeof(seed)))
		panic("random: no memory for the generator");
	wipe(&seed, sizeof(seed));
}

void random_bytes(void *buf, size_t size)
{
	u64 now = cycles_read();
	u8 *to = buf;
	SCOPED_MUTEX(&lock);

	while (size) {
		size_t part = MIN(size, (size_t)REQUEST_MAX);

		if (mbedtls_hmac_drbg_random_with_add(&drbg, to, part,
						      (const u8 *)&now,
						      sizeof(now)))
			panic("random: the generator failed");
		to += part;
		size -= part;
	}
}
