// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text into steps: statements, && and ||, for and if.  Works through the
 * text once, with a stack of what is open instead of recursion.
 */
#include <vmm/command_line.h>
#include <libs/string.h>
#include <vmm/errno.h>

enum token {
	TOKEN_END, TOKEN_NEWLINE, TOKEN_SEMICOLON, TOKEN_AND, TOKEN_OR,
	TOKEN_WORD,
	/* Words with a meaning where a command begins. */
	TOKEN_NOT, TOKEN_IF, TOKEN_THEN, TOKEN_ELIF, TOKEN_ELSE, TOKEN_FI,
	TOKEN_FOR, TOKEN_DO, TOKEN_DONE,
};

const struct command_keyword command_keywords[COMMAND_KEYWORD_COUNT] = {
	{ "!", "! COMMAND", "turns a status round", TOKEN_NOT },
	{ "if", "if COMMAND; then ...; elif ...; else ...; fi",
	  "run what fits the status of a command", TOKEN_IF },
	{ "then", NULL, NULL, TOKEN_THEN }, { "elif", NULL, NULL, TOKEN_ELIF },
	{ "else", NULL, NULL, TOKEN_ELSE }, { "fi", NULL, NULL, TOKEN_FI },
	{ "for", "for NAME in WORDS; do ...; done",
	  "run commands for each word, which is $NAME", TOKEN_FOR },
	{ "do", NULL, NULL, TOKEN_DO }, { "done", NULL, NULL, TOKEN_DONE },
};

/* BLOCK_IF lasts until `then`, BLOCK_FOR until `do`. */
enum block_kind {
	BLOCK_TEXT, BLOCK_IF, BLOCK_THEN, BLOCK_ELSE, BLOCK_FOR, BLOCK_DO,
};

#define NO_STEP	0xffff

struct block {
	u8 kind;
	bool begun;			/* a command is there, before ; && || */
	bool negated;
	u16 from, size;			/* in the text: what opened it */
	u16 head;			/* its first step */
	u16 test;			/* the first of the last condition */
	u16 start;			/* of the statement */
	u16 jump;			/* of && or ||, to its end; NO_STEP */
	u16 else_jump;			/* of `then`, to what is behind */
};

struct parser {
	const char *text;
	size_t size, at;
	enum token token;
	size_t from;			/* where the token begins */
	struct command_program *out;
	unsigned depth;
	bool full;			/* too many steps */
	struct block blocks[COMMAND_NEST_MAX + 1];
};

/* ---- Words and tokens ---- */

static bool is_end(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '&' ||
	       c == '|';
}

static bool is_quote(char c)
{
	return c == '\\' || c == '"' || c == '\'';
}

/* Bytes of what the quote or backslash at s covers; to the end when open. */
static size_t quoted_size(const char *s, size_t size, bool *open)
{
	char quote = *s;
	size_t at = 1;

	*open = false;
	if (quote == '\\') {
		*open = size < 2 || (size == 2 && s[1] == '\n');
		return MIN(size, 2u);
	}
	for (; at < size; at++) {
		if (s[at] == quote)
			return at + 1;
		at += s[at] == '\\' && quote == '"';
	}
	*open = true;
	return size;
}

struct command_raw_word command_word_scan(const char *text, size_t size)
{
	struct command_raw_word w = { 0 };
	bool open;

	while (w.size < size && !is_end(text[w.size])) {
		if (!is_quote(text[w.size])) {
			w.size++;
			continue;
		}
		w.quote_at = w.size;
		w.size += quoted_size(text + w.size, size - w.size, &open);
		if (open)
			w.quote = text[w.quote_at];
	}
	return w;
}

static int wrong(struct parser *p, size_t from, size_t size,
		 const char *problem)
{
	p->out->problem = problem;
	p->out->from = from;
	p->out->size = size;
	return -EINVAL;
}

static int unfinished(struct parser *p, size_t from, size_t size,
		      const char *problem)
{
	wrong(p, from, size, problem);
	return -EAGAIN;
}

static int wrong_token(struct parser *p, const char *problem)
{
	return wrong(p, p->from, p->at - p->from, problem);
}

static enum token token_of_word(const char *word, size_t size)
{
	for (size_t i = 0; i < COMMAND_KEYWORD_COUNT; i++)
		if (strlen(command_keywords[i].name) == size &&
		    !strncmp(command_keywords[i].name, word, size))
			return command_keywords[i].token;
	return TOKEN_WORD;
}

static int take_word(struct parser *p)
{
	struct command_raw_word w = command_word_scan(p->text + p->at,
						      p->size - p->at);

	p->at += w.size;
	if (w.quote == '\\')
		return unfinished(p, p->from + w.quote_at, 1,
				  "is followed by nothing");
	if (w.quote)
		return wrong(p, p->from + w.quote_at, w.size - w.quote_at,
			     "is a quote that is not closed");
	p->token = token_of_word(p->text + p->from, w.size);
	return 0;
}

static int next(struct parser *p)
{
	static const struct {
		const char *text;
		size_t size;
		enum token token;
	} operators[] = {
		{ "\n", 1, TOKEN_NEWLINE }, { ";", 1, TOKEN_SEMICOLON },
		{ "&&", 2, TOKEN_AND }, { "||", 2, TOKEN_OR },
	};
	const char *at;

	p->at += command_blank_size(p->text + p->at, p->size - p->at);
	p->from = p->at;
	p->token = TOKEN_END;
	if (p->at == p->size)
		return 0;
	at = p->text + p->at;
	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		if (p->size - p->at < operators[i].size ||
		    strncmp(at, operators[i].text, operators[i].size))
			continue;
		p->at += operators[i].size;
		p->token = operators[i].token;
		return 0;
	}
	if (*at == '&' || *at == '|')
		return wrong(p, p->at, 1, "stands alone: quote it, or write "
			     "&& or ||");
	return take_word(p);
}

/* ---- Steps ---- */

static struct block *top(struct parser *p)
{
	return &p->blocks[p->depth];
}

static u16 here(const struct parser *p)
{
	return (u16)p->out->count;
}

static u16 emit(struct parser *p, enum command_step_kind kind)
{
	if (p->out->count == COMMAND_STEP_MAX) {
		p->full = true;
		p->out->count--;
	}
	p->out->steps[p->out->count] = (struct command_step){
		.kind = (u8)kind,
	};
	return (u16)p->out->count++;
}

static void emit_text(struct parser *p, enum command_step_kind kind,
		      size_t from)
{
	struct command_step *step = &p->out->steps[emit(p, kind)];

	step->from = (u16)from;
	step->size = (u16)(p->at - from);
}

static u16 emit_jump(struct parser *p, enum command_step_kind kind,
		     u16 target)
{
	u16 step = emit(p, kind);

	p->out->steps[step].target = target;
	return step;
}

/* A jump that was emitted comes here. */
static void land(struct parser *p, u16 *jump)
{
	if (*jump != NO_STEP)
		p->out->steps[*jump].target = here(p);
	*jump = NO_STEP;
}

/* What runs from there on is tested: its errors stop no script. */
static void forget_checks(struct parser *p, u16 from)
{
	for (unsigned i = from; i < p->out->count; i++)
		if (p->out->steps[i].kind == STEP_CHECK)
			p->out->steps[i] = (struct command_step){
				.kind = STEP_JUMP, .target = (u16)(i + 1),
			};
}

/* ---- Blocks ---- */

static void begin_statement(struct parser *p)
{
	struct block *b = top(p);

	b->begun = b->negated = false;
	b->jump = NO_STEP;
	b->start = here(p);
}

static void end_statement(struct parser *p)
{
	land(p, &top(p)->jump);
	emit(p, STEP_CHECK);
	begin_statement(p);
}

/* A command, which may be a whole block, is there. */
static void end_operand(struct parser *p)
{
	struct block *b = top(p);

	if (b->negated) {
		forget_checks(p, b->start);
		emit(p, STEP_NOT);
	}
	b->negated = false;
	b->begun = true;
}

static int open_block(struct parser *p, enum block_kind kind)
{
	struct block *b;

	if (p->depth == COMMAND_NEST_MAX)
		return wrong_token(p, "is more than 8 deep in others");
	b = &p->blocks[++p->depth];
	*b = (struct block){
		.kind = (u8)kind, .from = (u16)p->from,
		.size = (u16)(p->at - p->from), .head = here(p),
		.test = here(p), .else_jump = NO_STEP,
	};
	begin_statement(p);
	return 0;
}

static void close_block(struct parser *p)
{
	p->depth--;
	end_operand(p);
}

/* Words up to the end of the statement; the token behind is read again. */
static int take_words(struct parser *p)
{
	size_t end = p->at;
	int rc;

	do {
		end = p->at;
		rc = next(p);
		if (rc)
			return rc;
	} while (p->token >= TOKEN_WORD);
	p->at = end;
	p->token = TOKEN_WORD;
	return 0;
}

static int take_name(struct parser *p)
{
	size_t size;
	int rc = next(p);

	if (rc)
		return rc;
	size = p->at - p->from;
	return size && command_name_size(p->text + p->from, size) == size ?
	       0 : wrong_token(p, "is no name for a variable");
}

static int take_in(struct parser *p)
{
	int rc = next(p);

	if (rc)
		return rc;
	return p->at - p->from == 2 &&
	       !strncmp(p->text + p->from, "in", 2) ?
	       0 : wrong_token(p, "is where `in` belongs");
}

/* "NAME in WORDS" is expanded when it runs. */
static int take_for(struct parser *p)
{
	int rc = open_block(p, BLOCK_FOR);
	size_t from;

	if (rc || (rc = take_name(p)))
		return rc;
	from = p->from;
	if ((rc = take_in(p)) || (rc = take_words(p)))
		return rc;
	emit_text(p, STEP_FOR, from);
	emit(p, STEP_EACH);
	rc = next(p);
	if (!rc && p->token != TOKEN_SEMICOLON && p->token != TOKEN_NEWLINE)
		rc = wrong_token(p, "is where ; and `do` belong");
	return rc;
}

static int take_do(struct parser *p)
{
	top(p)->kind = BLOCK_DO;
	begin_statement(p);
	return 0;
}

static int take_done(struct parser *p)
{
	u16 head = top(p)->head;

	emit_jump(p, STEP_JUMP, (u16)(head + 1));
	p->out->steps[head + 1].target = here(p);
	emit(p, STEP_DONE);
	p->out->steps[head].target = here(p);
	close_block(p);
	return 0;
}

static int take_then(struct parser *p)
{
	struct block *b = top(p);

	if (b->test == here(p))
		return wrong_token(p, "is where a command belongs");
	forget_checks(p, b->test);
	b->else_jump = emit(p, STEP_JUMP_FAILED);
	b->kind = BLOCK_THEN;
	begin_statement(p);
	return 0;
}

/* What ran behind `then` goes to the end, which take_fi() knows. */
static int take_else(struct parser *p)
{
	struct block *b = top(p);

	emit_jump(p, STEP_JUMP, NO_STEP);
	land(p, &b->else_jump);
	b->test = here(p);
	b->kind = p->token == TOKEN_ELIF ? BLOCK_IF : BLOCK_ELSE;
	begin_statement(p);
	return 0;
}

static int take_fi(struct parser *p)
{
	struct block *b = top(p);

	if (b->kind == BLOCK_THEN) {
		take_else(p);
		emit(p, STEP_CLEAR);
	}
	for (unsigned i = b->head; i < p->out->count; i++)
		if (p->out->steps[i].kind == STEP_JUMP &&
		    p->out->steps[i].target == NO_STEP)
			p->out->steps[i].target = here(p);
	close_block(p);
	return 0;
}

/* Words within blocks, and those blocks. */
static const struct inner {
	u8 token, within;
	int (*take)(struct parser *p);
} inners[] = {
	{ TOKEN_DO, BIT(BLOCK_FOR), take_do },
	{ TOKEN_DONE, BIT(BLOCK_DO), take_done },
	{ TOKEN_THEN, BIT(BLOCK_IF), take_then },
	{ TOKEN_ELIF, BIT(BLOCK_THEN), take_else },
	{ TOKEN_ELSE, BIT(BLOCK_THEN), take_else },
	{ TOKEN_FI, BIT(BLOCK_THEN) | BIT(BLOCK_ELSE), take_fi },
};

static bool lacks_command(const struct block *b)
{
	return b->negated || b->jump != NO_STEP;
}

static int take_inner(struct parser *p)
{
	const struct inner *i = inners;

	while (i->token != p->token)
		i++;
	if (lacks_command(top(p)))
		return wrong_token(p, "is where a command belongs");
	if (!(i->within & BIT(top(p)->kind)))
		return wrong_token(p, "has no `for` or `if` before it that "
				   "it fits");
	return i->take(p);
}

/* ---- Statements ---- */

static int take_end(struct parser *p)
{
	struct block *b = top(p);

	if (lacks_command(b))
		return unfinished(p, p->from, 0, "is where a command belongs");
	if (p->depth)
		return unfinished(p, b->from, b->size, "is never ended");
	return 0;
}

static int take_simple(struct parser *p)
{
	size_t from = p->from;
	int rc = take_words(p);

	if (rc)
		return rc;
	emit_text(p, STEP_RUN, from);
	end_operand(p);
	return 0;
}

/* Where a command may begin. */
static int take_operand(struct parser *p)
{
	if (top(p)->kind == BLOCK_FOR && p->token > TOKEN_NEWLINE &&
	    p->token != TOKEN_DO)
		return wrong_token(p, "is where `do` belongs");
	switch (p->token) {
	case TOKEN_END:
		return take_end(p);
	case TOKEN_NEWLINE:
		return 0;
	case TOKEN_SEMICOLON:
	case TOKEN_AND:
	case TOKEN_OR:
		return wrong_token(p, "has no command before it");
	case TOKEN_NOT:
		top(p)->negated = !top(p)->negated;
		return 0;
	case TOKEN_IF:
		return open_block(p, BLOCK_IF);
	case TOKEN_FOR:
		return take_for(p);
	case TOKEN_WORD:
		return take_simple(p);
	case TOKEN_THEN:
	case TOKEN_ELIF:
	case TOKEN_ELSE:
	case TOKEN_FI:
	case TOKEN_DO:
	case TOKEN_DONE:
		break;
	}
	return take_inner(p);
}

/* Behind a command. */
static int take_operator(struct parser *p)
{
	struct block *b = top(p);

	if (p->token >= TOKEN_WORD)
		return wrong_token(p, "needs a ; before it");
	if (p->token != TOKEN_AND && p->token != TOKEN_OR) {
		end_statement(p);
		return p->token == TOKEN_END ? take_end(p) : 0;
	}
	land(p, &b->jump);
	forget_checks(p, b->start);
	b->jump = emit(p, p->token == TOKEN_AND ? STEP_JUMP_FAILED :
						  STEP_JUMP_OK);
	b->begun = false;
	return 0;
}

int command_parse(const char *text, size_t size, struct command_program *out)
{
	struct parser p = { .text = text, .size = size, .out = out };
	int rc;

	out->count = 0;
	out->problem = NULL;
	begin_statement(&p);
	do {
		rc = next(&p);
		if (!rc)
			rc = top(&p)->begun ? take_operator(&p) :
					      take_operand(&p);
		if (!rc && p.full)
			rc = wrong_token(&p, "is more than runs at once: 256 "
					 "steps");
	} while (!rc && p.token != TOKEN_END);
	return rc;
}
