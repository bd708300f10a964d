/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Doubly linked circular lists whose links are embedded in the objects.
 * A list head and an object's link are both a struct list; a link that is
 * on no list points at itself, so list_is_empty() also answers "is this
 * object on a list?".  Locking is the caller's.
 */
#ifndef LIBS_LIST_H
#define LIBS_LIST_H

#include <vmm/types.h>

struct list {
	struct list *next, *prev;
};

/* An empty head for static storage: struct list l = LIST_INIT(l); */
#define LIST_INIT(name)	{ &(name), &(name) }

static inline void list_init(struct list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool list_is_empty(const struct list *head)
{
	return head->next == head;
}

/* Puts a link that is on no list before (after) a head or another link. */
static inline void list_add_before(struct list *at, struct list *link)
{
	link->prev = at->prev;
	link->next = at;
	at->prev->next = link;
	at->prev = link;
}

static inline void list_add_after(struct list *at, struct list *link)
{
	list_add_before(at->next, link);
}

static inline void list_add_tail(struct list *head, struct list *link)
{
	list_add_before(head, link);
}

static inline void list_add_head(struct list *head, struct list *link)
{
	list_add_after(head, link);
}

/* Takes a link off its list, if it is on one; it may be added again. */
static inline void list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

/* The first, last or following link; NULL when there is none. */
static inline struct list *list_first(const struct list *head)
{
	return list_is_empty(head) ? NULL : head->next;
}

static inline struct list *list_last(const struct list *head)
{
	return list_is_empty(head) ? NULL : head->prev;
}

static inline struct list *list_next(const struct list *head,
				     const struct list *link)
{
	return link->next == head ? NULL : link->next;
}

/* Moves everything on from to the tail of to; from is empty afterwards. */
static inline void list_splice_tail(struct list *to, struct list *from)
{
	if (list_is_empty(from))
		return;
	from->next->prev = to->prev;
	from->prev->next = to;
	to->prev->next = from->next;
	to->prev = from->prev;
	list_init(from);
}

#define list_entry(link, type, member)	container_of(link, type, member)

/* Walking: entry is a pointer variable of the caller, member its link. */
#define LIST_ENTRY_LIKE_(entry, link, member)				\
	list_entry(link, __typeof__(*(entry)), member)
/* At the end entry is none, and may not even be aligned as one. */
#define LIST_LINK_OF_(entry, member)					\
	((struct list *)(void *)((char *)(entry) +			\
				 offsetof(__typeof__(*(entry)), member)))

#define list_for_each(entry, head, member)				\
	for ((entry) = LIST_ENTRY_LIKE_(entry, (head)->next, member);	\
	     LIST_LINK_OF_(entry, member) != (head);			\
	     (entry) = LIST_ENTRY_LIKE_(entry, (entry)->member.next, member))

/* The same where the body may remove (or free) entry; after is scratch. */
#define list_for_each_safe(entry, after, head, member)			\
	for ((entry) = LIST_ENTRY_LIKE_(entry, (head)->next, member),	\
	     (after) = LIST_ENTRY_LIKE_(entry, (entry)->member.next, member); \
	     LIST_LINK_OF_(entry, member) != (head);			\
	     (entry) = (after),						\
	     (after) = LIST_ENTRY_LIKE_(entry,				\
				       LIST_LINK_OF_(after, member)->next, \
				       member))

#endif
