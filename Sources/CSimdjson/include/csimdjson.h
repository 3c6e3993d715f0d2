/* A C interface to simdjson for records: one line in, the wanted members out, with their places in the line. */
#ifndef CSIMDJSON_H
#define CSIMDJSON_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that must be readable, not initialised, behind the line given to mt_json_parse. */
enum { MT_JSON_PADDING = 64 };

enum mt_json_kind {
  MT_JSON_ABSENT = 0,
  MT_JSON_NULL,
  MT_JSON_FALSE,
  MT_JSON_TRUE,
  MT_JSON_SIGNED,    /* `integer` holds it */
  MT_JSON_DOUBLE,    /* `real` holds it */
  MT_JSON_BIG,       /* a number beyond int64 and double: only `start` and `end` hold it */
  MT_JSON_STRING,    /* `text` and `length` hold it, unescaped, valid until the next parse */
  MT_JSON_COMPOUND   /* an array or object: only `start` and `end` hold it */
};

enum mt_json_status {
  MT_JSON_OK = 0,
  MT_JSON_NOT_JSON,
  MT_JSON_NOT_OBJECT,
  MT_JSON_NOT_UTF8,
  MT_JSON_TOO_DEEP,
  MT_JSON_TOO_LONG,  /* 4 GiB is simdjson's limit */
  MT_JSON_NO_MEMORY
};

typedef struct {
  uint8_t kind;      /* enum mt_json_kind */
  const char *text;
  size_t length;
  int64_t integer;
  double real;
  uint32_t start;    /* where the value begins in the line */
  uint32_t end;      /* the byte behind the value, blanks included */
} mt_json_value;

/* A stretch of the line, [start, end). */
typedef struct {
  uint32_t start, end;
} mt_json_span;

typedef struct mt_json_parser mt_json_parser;

/* `names` are the wanted members; the result of each stands at its index in mt_json_values.
   `owned` says of each whether mt_json_kept leaves it out. NULL when memory is short. */
mt_json_parser *mt_json_parser_new(const char *const *names, const uint8_t *owned, size_t count);
void mt_json_parser_free(mt_json_parser *parser);

/* Parses one line, which must be one JSON object in valid UTF-8; every byte is checked. A name that occurs more
   than once has its last value. Returns enum mt_json_status. */
int mt_json_parse(mt_json_parser *parser, const char *line, size_t length);

/* The values of the wanted members, `count` of them, after a parse that succeeded. */
const mt_json_value *mt_json_values(const mt_json_parser *parser);

/* The stretches of the line that hold the members that are not owned, without the commas between two stretches
   and without the braces, in order. */
const mt_json_span *mt_json_kept(const mt_json_parser *parser, size_t *count);

#ifdef __cplusplus
}
#endif
#endif
