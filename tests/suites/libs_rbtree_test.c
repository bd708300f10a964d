// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/rbtree: its rules after each change, its order against a model. */
#include <libs/rbtree.h>
#include <vmm/test.h>

#define COUNT	64
#define KEYS	24		/* fewer than items: there are equal ones */

struct item {
	struct rb_node node;
	u32 key;
	u32 age;		/* when it was added */
	bool in_tree;
};

static struct rb_root root;
static struct item items[COUNT];
static u32 seed, clock;

static u32 random_below(u32 limit)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % limit;
}

static struct item *item_of(const struct rb_node *node)
{
	return container_of(node, struct item, node);
}

static bool less(const struct rb_node *a, const struct rb_node *b)
{
	return item_of(a)->key < item_of(b)->key;
}

static void add(struct item *item, u32 key)
{
	item->key = key;
	item->age = clock++;
	item->in_tree = true;
	rb_insert(&root, &item->node, less);
}

static void take(struct item *item)
{
	item->in_tree = false;
	rb_remove(&root, &item->node);
}

static void start(void)
{
	root = (struct rb_root){ 0 };
	for (size_t i = 0; i < COUNT; i++)
		items[i].in_tree = false;
	seed = 7;
	clock = 0;
}

/* Black nodes from here down, or -1 when a rule is broken. */
static int black_height(const struct rb_node *node,
			const struct rb_node *parent)
{
	int height[2];

	if (!node)
		return 0;
	if (node->parent != parent || (node->red && parent && parent->red))
		return -1;
	for (int side = 0; side < 2; side++)
		height[side] = black_height(node->child[side], node);
	if (height[0] < 0 || height[0] != height[1])
		return -1;
	return height[0] + !node->red;
}

static bool keeps_rules(void)
{
	return !(root.top && root.top->red) &&
	       black_height(root.top, NULL) >= 0;
}

static bool goes_before(const struct item *a, const struct item *b)
{
	return a->key < b->key || (a->key == b->key && a->age < b->age);
}

/* The model's answer to "who follows this one (NULL: who is first)?" */
static struct item *follower(const struct item *after)
{
	struct item *best = NULL;

	for (struct item *i = items; i < items + COUNT; i++)
		if (i->in_tree && (!after || goes_before(after, i)) &&
		    (!best || goes_before(i, best)))
			best = i;
	return best;
}

static bool is_in_order(void)
{
	const struct rb_node *node = rb_first(&root);
	const struct item *item = follower(NULL);

	if (node && rb_second(&root) != rb_next(node))
		return false;
	for (; item; item = follower(item), node = rb_next(node))
		if (node != &item->node)
			return false;
	return !node;
}

static void empty(void)
{
	start();
	EXPECT(rb_is_empty(&root) && !rb_first(&root));
	add(&items[0], 5);
	EXPECT(rb_first(&root) == &items[0].node);
	EXPECT(!rb_next(&items[0].node) && !rb_is_empty(&root));
	take(&items[0]);
	EXPECT(rb_is_empty(&root) && !rb_first(&root));
}

static void rising_and_falling(void)
{
	for (u32 step = 0; step < 2; step++) {
		start();
		for (u32 i = 0; i < COUNT; i++) {
			add(&items[i], step ? i : COUNT - i);
			EXPECT(keeps_rules());
		}
		EXPECT(is_in_order());
		for (u32 i = 0; i < COUNT; i++) {
			take(item_of(rb_first(&root)));
			EXPECT(keeps_rules() && is_in_order());
		}
	}
}

static void random_changes(void)
{
	start();
	for (int round = 0; round < 1500; round++) {
		struct item *item = &items[random_below(COUNT)];

		if (item->in_tree)
			take(item);
		else
			add(item, random_below(KEYS));
		EXPECT(keeps_rules());
		EXPECT(is_in_order());
	}
}

SUITE(rbtree, TEST(empty), TEST(rising_and_falling), TEST(random_changes));
