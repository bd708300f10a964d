// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/list. */
#include <libs/list.h>
#include <vmm/test.h>

struct item {
	u32 value;
	struct list link;
};

static struct list head;
static struct item items[4];

static void fill(void)
{
	list_init(&head);
	for (u32 i = 0; i < ARRAY_LEN(items); i++) {
		items[i].value = i + 1;
		list_add_tail(&head, &items[i].link);
	}
}

/* The values in order as decimal digits; backwards links are checked, too. */
static u64 digits(const struct list *l)
{
	struct item *item;
	u64 number = 0;

	list_for_each(item, l, link) {
		if (item->link.prev->next != &item->link)
			return ~0ull;
		number = number * 10 + item->value;
	}
	return number;
}

static void empty(void)
{
	struct list l = LIST_INIT(l);

	EXPECT(list_is_empty(&l));
	EXPECT(!list_first(&l) && !list_last(&l));
	EXPECT_EQ(digits(&l), 0);
}

static void order(void)
{
	fill();
	EXPECT_EQ(digits(&head), 1234);
	EXPECT(list_first(&head) == &items[0].link);
	EXPECT(list_last(&head) == &items[3].link);
	EXPECT(list_next(&head, &items[0].link) == &items[1].link);
	EXPECT(!list_next(&head, &items[3].link));
	list_remove(&items[3].link);
	list_add_head(&head, &items[3].link);
	EXPECT_EQ(digits(&head), 4123);
}

static void beside_another(void)
{
	fill();
	list_remove(&items[0].link);
	list_add_after(&items[1].link, &items[0].link);
	EXPECT_EQ(digits(&head), 2134);
	list_remove(&items[3].link);
	list_add_before(&items[1].link, &items[3].link);
	EXPECT_EQ(digits(&head), 4213);
}

static void removed_twice(void)
{
	fill();
	list_remove(&items[1].link);
	EXPECT(list_is_empty(&items[1].link));
	list_remove(&items[1].link);
	EXPECT_EQ(digits(&head), 134);
}

static void remove_while_walking(void)
{
	struct item *item, *after;

	fill();
	list_for_each_safe(item, after, &head, link)
		if (item->value % 2)
			list_remove(&item->link);
	EXPECT_EQ(digits(&head), 24);
	list_for_each_safe(item, after, &head, link)
		list_remove(&item->link);
	EXPECT(list_is_empty(&head));
}

static void splice(void)
{
	struct list other = LIST_INIT(other);
	struct item more = { .value = 9 };

	fill();
	list_splice_tail(&head, &other);
	EXPECT_EQ(digits(&head), 1234);
	list_add_tail(&other, &more.link);
	list_splice_tail(&other, &head);
	EXPECT_EQ(digits(&other), 91234);
	EXPECT(list_is_empty(&head));
}

SUITE(list, TEST(empty), TEST(order), TEST(beside_another),
      TEST(removed_twice), TEST(remove_while_walking), TEST(splice));
