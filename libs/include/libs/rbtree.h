/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Balanced search trees (red-black) whose nodes are embedded in the objects.
 * The first node is at hand at once; adding, removing and stepping take
 * logarithmic time.  Equal nodes keep the order in which they came.  Locking
 * is the caller's.
 */
#ifndef LIBS_RBTREE_H
#define LIBS_RBTREE_H

#include <vmm/types.h>

struct rb_node {
	struct rb_node *parent;
	struct rb_node *child[2];	/* what goes before, what goes after */
	bool red;
};

/* All zero is an empty tree. */
struct rb_root {
	struct rb_node *top, *first;
};

/* Does a go before b? */
typedef bool rb_less_fn(const struct rb_node *a, const struct rb_node *b);

/* node must not be in a tree; it is when this returns. */
void rb_insert(struct rb_root *root, struct rb_node *node, rb_less_fn *less);

/* node must be in this tree. */
void rb_remove(struct rb_root *root, struct rb_node *node);

/* The first node, or NULL. */
static inline struct rb_node *rb_first(const struct rb_root *root)
{
	return root->first;
}

/*
 * The one after the first, or NULL; there is a first.  It has nothing before
 * it, so a single node at most after it below.
 */
static inline struct rb_node *rb_second(const struct rb_root *root)
{
	const struct rb_node *node = root->first;

	return node->child[1] ? node->child[1] : node->parent;
}

/*
 * Takes out the first node; there is one.  It has nothing before it, so where
 * it is red nothing below it at all, and the tree stays balanced without it.
 */
static inline void rb_remove_first(struct rb_root *root)
{
	struct rb_node *node = root->first, *parent = node->parent;

	if (likely(node->red)) {
		parent->child[0] = NULL;
		root->first = parent;
	} else if (root->top == node && !node->child[1]) {
		root->top = root->first = NULL;
	} else {
		rb_remove(root, node);
	}
}

/* The node after this one, or NULL. */
struct rb_node *rb_next(const struct rb_node *node);

static inline bool rb_is_empty(const struct rb_root *root)
{
	return !root->top;
}

#endif
