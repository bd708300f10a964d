// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The power key on a pin of a GPIO controller, as the Linux binding
 * gpio-keys describes it: a child with linux,code and gpios.
 */
#include <vmm/emulator.h>

#define KEY_POWER	116
#define GPIO_ACTIVE_LOW	1
/* Longer than what debouncing takes. */
#define PRESS_NS	100000000ull

struct gpio_keys {
	struct emu emu;
	u32 controller, pin;	/* of the power key */
	bool has_power, active_low;
};

/* gpios = <controller pin flags>: the controller's cells are two. */
static void key_read(struct gpio_keys *s, struct dt_node n)
{
	u32 code, flags = 0;

	if (!dt_u32(n, "linux,code", 0, &code) || code != KEY_POWER)
		return;
	s->has_power = dt_u32(n, "gpios", 0, &s->controller) &&
		       dt_u32(n, "gpios", 1, &s->pin);
	dt_u32(n, "gpios", 2, &flags);
	s->active_low = flags & GPIO_ACTIVE_LOW;
}

static int probe(void *state)
{
	struct gpio_keys *s = state;

	dt_for_each_child(n, s->emu.node)
		key_read(s, n);
	return 0;
}

static void drive(struct gpio_keys *s, bool pressed)
{
	struct emu *gpio = emu_by_phandle(&s->emu, s->controller);

	if (gpio)
		emu_pin_set(gpio, s->pin, pressed != s->active_low);
}

static void power_button(void *state)
{
	struct gpio_keys *s = state;

	if (!s->has_power)
		return;
	drive(s, true);
	emu_timer_set(&s->emu, emu_clock_ns(&s->emu) + PRESS_NS);
}

static void alarm(void *state)
{
	drive(state, false);
}

/* An active-low key that nobody drives would be one that is held. */
static void settle(void *state)
{
	const struct gpio_keys *s = state;

	if (s->has_power)
		drive(state, false);
}

static const struct emulator gpio_keys = {
	.name = "gpio-keys",
	.compatible = (const char *const[]){ "gpio-keys", NULL },
	.state_size = sizeof(struct gpio_keys),
	.probe = probe,
	.settle = settle,
	.alarm = alarm,
	.power_button = power_button,
};
EMULATOR(gpio_keys);
