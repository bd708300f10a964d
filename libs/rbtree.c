// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Red-black trees: the top is black, a red node has black children, and each
 * way down from a node meets the same number of black ones.  Left and right
 * are indices, so that each mirrored case is written once.
 */
#include <libs/rbtree.h>

enum { LEFT, RIGHT };

static bool is_red(const struct rb_node *node)
{
	return node && node->red;
}

/* On which side of its parent; node must not be the top. */
static unsigned side_of(const struct rb_node *node)
{
	return node->parent->child[RIGHT] == node ? RIGHT : LEFT;
}

static void set_child(struct rb_node *parent, unsigned side,
		      struct rb_node *child)
{
	parent->child[side] = child;
	if (child)
		child->parent = parent;
}

/* Hangs `by`, which may be NULL, where node hangs. */
static void replace(struct rb_root *root, struct rb_node *node,
		    struct rb_node *by)
{
	if (node->parent) {
		set_child(node->parent, side_of(node), by);
		return;
	}
	root->top = by;
	if (by)
		by->parent = NULL;
}

/* Moves node down to the given side; its child on the other side rises. */
static void rotate(struct rb_root *root, struct rb_node *node, unsigned side)
{
	struct rb_node *up = node->child[!side];

	replace(root, node, up);
	set_child(node, !side, up->child[side]);
	set_child(up, side, node);
}

/* node is red; parts it from a red parent, going up. */
static void fix_red(struct rb_root *root, struct rb_node *node)
{
	while (is_red(node->parent)) {
		struct rb_node *parent = node->parent;
		struct rb_node *grand = parent->parent;
		unsigned side = side_of(parent);
		struct rb_node *uncle = grand->child[!side];

		grand->red = true;
		if (is_red(uncle)) {
			parent->red = false;
			uncle->red = false;
			node = grand;
			continue;
		}
		if (side_of(node) != side)
			rotate(root, parent, side);
		grand->child[side]->red = false;
		rotate(root, grand, !side);
		break;
	}
	root->top->red = false;
}

void rb_insert(struct rb_root *root, struct rb_node *node, rb_less_fn *less)
{
	struct rb_node *parent = NULL, *at = root->top;
	unsigned side = LEFT;
	bool first = true;

	while (at) {
		parent = at;
		side = less(node, at) ? LEFT : RIGHT;
		first = first && side == LEFT;
		at = at->child[side];
	}
	*node = (struct rb_node){ .parent = parent, .red = true };
	if (parent)
		parent->child[side] = node;
	else
		root->top = node;
	if (first)
		root->first = node;
	fix_red(root, node);
}

static struct rb_node *leftmost(struct rb_node *node)
{
	while (node->child[LEFT])
		node = node->child[LEFT];
	return node;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	if (node->child[RIGHT])
		return leftmost(node->child[RIGHT]);
	while (node->parent && side_of(node) == RIGHT)
		node = node->parent;
	return node->parent;
}

/* Lets a node with two children and the one after it change places. */
static void swap_with_next(struct rb_root *root, struct rb_node *node)
{
	struct rb_node *next = leftmost(node->child[RIGHT]);
	struct rb_node old = *next;

	replace(root, node, next);
	set_child(next, LEFT, node->child[LEFT]);
	if (old.parent == node) {
		set_child(next, RIGHT, node);
	} else {
		set_child(next, RIGHT, node->child[RIGHT]);
		set_child(old.parent, LEFT, node);
	}
	next->red = node->red;
	node->red = old.red;
	node->child[LEFT] = NULL;
	set_child(node, RIGHT, old.child[RIGHT]);
}

/*
 * The ways through parent's child on this side lack a black node, and its
 * other child is black.  Returns false when only the level above can help.
 */
static bool borrow_black(struct rb_root *root, struct rb_node *parent,
			 unsigned side)
{
	struct rb_node *sibling = parent->child[!side];

	if (!is_red(sibling->child[LEFT]) && !is_red(sibling->child[RIGHT])) {
		sibling->red = true;
		return false;
	}
	if (!is_red(sibling->child[!side])) {
		sibling->child[side]->red = false;
		sibling->red = true;
		rotate(root, sibling, !side);
		sibling = parent->child[!side];
	}
	sibling->red = parent->red;
	parent->red = false;
	sibling->child[!side]->red = false;
	rotate(root, parent, side);
	return true;
}

/* The ways through node, a child of parent or NULL, lack a black node. */
static void fix_black(struct rb_root *root, struct rb_node *node,
		      struct rb_node *parent)
{
	while (parent && !is_red(node)) {
		unsigned side = parent->child[RIGHT] == node ? RIGHT : LEFT;
		struct rb_node *sibling = parent->child[!side];

		if (sibling->red) {
			sibling->red = false;
			parent->red = true;
			rotate(root, parent, side);
		}
		if (borrow_black(root, parent, side))
			return;
		node = parent;
		parent = node->parent;
	}
	if (node)
		node->red = false;
}

void rb_remove(struct rb_root *root, struct rb_node *node)
{
	struct rb_node *below;

	if (root->first == node)
		root->first = rb_next(node);
	if (node->child[LEFT] && node->child[RIGHT])
		swap_with_next(root, node);
	below = node->child[node->child[LEFT] ? LEFT : RIGHT];
	replace(root, node, below);
	if (!node->red)
		fix_black(root, below, node->parent);
}
