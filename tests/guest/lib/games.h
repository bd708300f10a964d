/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For guests that attack by devices and interrupt controllers: what differs
 * between architectures.
 */
#ifndef GAMES_H
#define GAMES_H

#include "hostile.h"

/* A device: its registers, and those of them that do most, at the front. */
struct game_device {
	uintptr_t base, size, hot;
};
extern const struct game_device game_devices[];
extern const uint64_t game_device_count;
/* Would it end the guest? */
bool game_is_end(uintptr_t at, uint64_t value);

/* Both banks, whose sizes are the same. */
extern const uintptr_t game_flash[2];
extern const uintptr_t game_flash_size;

/* The parts of the interrupt controller, whichever there are. */
extern const struct game_device game_pic[];
extern const uint64_t game_pic_count;

/* This VCPU's interrupts on, as far as they go. */
void pic_begin(uint64_t index);
/* One thing that a driver does, in no order and with any numbers. */
void pic_play(uint64_t index);
/* Everything pending for everybody at one priority. */
void pic_flood(void);
/* A message to any, all, none and absent VCPUs. */
void pic_message(void);
/* Takes what comes within a few thousand instructions; how many came. */
uint64_t pic_take(uint64_t index);

/* A level of the console's that nobody lowers, and an edge, at `to`. */
void line_hold(uint64_t to, bool on);
void line_edge(uint64_t to);

/* Runs what is there, whatever it is, for a few thousand instructions. */
void game_run(uintptr_t code);

/* A load or store of 1, 2, 4 or 8 bytes, wherever it leads. */
void game_access(uintptr_t at, uint64_t value);

#endif
