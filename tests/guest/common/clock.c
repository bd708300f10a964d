// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Says so when its clock jumps: between two looks the machine may be busy with
 * others, but not for 800 ms.
 */
#include "guest.h"

void guest_main(void *tree)
{
	const uint64_t hz = counter_hz();
	uint64_t last = now(), begin = last;

	print("counts\n");
	while (last - begin < 3 * hz) {
		const uint64_t t = now();

		EXPECT(t >= last);
		if (t - last > hz / 5 * 4)
			expect_failed("clock", 0, "jumped by ms",
				      (t - last) / (hz / 1000), 0);
		last = t;
	}
	pass();
}
