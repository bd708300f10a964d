// SPDX-License-Identifier: GPL-2.0-or-later
/* Says so when its clock jumps: two looks are never 5 ms apart. */
#include "guest.h"

void guest_main(void *tree)
{
	const uint64_t ms = counter_hz() / 1000;
	uint64_t last = now(), begin = last;

	print("counts\n");
	while (last - begin < 40 * ms) {
		const uint64_t t = now();

		EXPECT(t >= last);
		if (t - last > 5 * ms)
			expect_failed("clock", 0, "jumped by ms",
				      (t - last) / ms, 0);
		last = t;
	}
	pass();
}
