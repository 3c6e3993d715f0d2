// The one C++ file: simdjson's strict parse, and the places of members from its structural index.
#include "csimdjson.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>
#include <simdjson.h>
#include <string>
#include <vector>

using namespace simdjson;
static_assert(MT_JSON_PADDING >= SIMDJSON_PADDING, "the padding of the interface is too small");

namespace {

struct Name {
  std::string text;
  bool owned;
  int next;  // the next name in the same bucket, or -1
};

inline size_t bucket(const char *text, size_t length) {
  return length == 0 ? 0 : (length * 7 + uint8_t(text[0]) * 3 + uint8_t(text[length - 1]) * 5 + uint8_t(text[length / 2])) & 255;
}

inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 8259's number, all of it.
bool is_number(const char *p, const char *end) {
  if (p < end && *p == '-') p++;
  if (p == end || !is_digit(*p)) return false;
  if (*p == '0') p++;
  else while (p < end && is_digit(*p)) p++;
  if (p < end && *p == '.') {
    if (++p == end || !is_digit(*p)) return false;
    while (p < end && is_digit(*p)) p++;
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    if (++p < end && (*p == '+' || *p == '-')) p++;
    if (p == end || !is_digit(*p)) return false;
    while (p < end && is_digit(*p)) p++;
  }
  return p == end;
}

// Whether a number is within what simdjson holds: 64 bits, or a finite double.
bool fits(const char *p, const char *end) {
  std::string text(p, end);
  if (text.find_first_of(".eE") == std::string::npos) return text.size() < 19;
  return std::isfinite(std::strtod(text.c_str(), nullptr));
}

}  // namespace

struct mt_json_parser {
  dom::parser dom;
  std::vector<Name> names;
  std::vector<mt_json_value> values;
  std::vector<mt_json_span> kept;
  std::string softened;  // the line with numbers beyond int64 and double as null
  int buckets[256];

  int find(std::string_view key) const {
    for (int i = buckets[bucket(key.data(), key.size())]; i >= 0; i = names[i].next)
      if (names[i].text == key) return i;
    return -1;
  }

  error_code parse(const char *line, size_t length, dom::element &root) {
    return dom.parse(reinterpret_cast<const uint8_t *>(line), length, false).get(root);
  }

  const uint32_t *structurals() const { return dom.implementation->structural_indexes.get(); }

  // simdjson refuses numbers that int64, uint64 and double cannot hold; JSON does not. Such tokens become null in a
  // copy of the same length, which is parsed instead, so that every other check stays simdjson's.
  bool soften(const char *line, size_t length) {
    if (!dom.implementation) return false;
    softened.assign(line, length);
    bool changed = false;
    uint32_t count = dom.implementation->n_structural_indexes;
    for (uint32_t i = 0; i < count; i++) {
      size_t start = structurals()[i];
      if (start >= length || !(line[start] == '-' || is_digit(line[start]))) continue;
      size_t end = i + 1 < count ? structurals()[i + 1] : length;
      while (end > start && is_blank(line[end - 1])) end--;
      if (end - start < 4 || !is_number(line + start, line + end) || fits(line + start, line + end)) continue;
      softened.replace(start, end - start, end - start, ' ');
      softened.replace(start, 4, "null");
      changed = true;
    }
    softened.append(MT_JSON_PADDING, ' ');
    return changed;
  }

  void read(mt_json_value &out, dom::element value, const char *line, uint32_t start, uint32_t end) {
    out = {MT_JSON_COMPOUND, nullptr, 0, 0, 0, start, end};
    switch (value.type()) {
    case dom::element_type::STRING: {
      std::string_view text = value.get_string().value_unsafe();
      out.kind = MT_JSON_STRING, out.text = text.data(), out.length = text.size();
      break;
    }
    case dom::element_type::INT64:
      out.kind = MT_JSON_SIGNED, out.integer = value.get_int64().value_unsafe();
      break;
    case dom::element_type::UINT64:
      out.kind = MT_JSON_BIG;
      break;
    case dom::element_type::DOUBLE:
      out.kind = MT_JSON_DOUBLE, out.real = value.get_double().value_unsafe();
      break;
    case dom::element_type::BOOL:
      out.kind = value.get_bool().value_unsafe() ? MT_JSON_TRUE : MT_JSON_FALSE;
      break;
    case dom::element_type::NULL_VALUE:
      out.kind = line[start] == 'n' ? MT_JSON_NULL : MT_JSON_BIG;
      break;
    default:
      break;
    }
  }

  void keep(uint32_t start, uint32_t end, bool joins) {
    if (joins) kept.back().end = end;
    else kept.push_back({start, end});
  }

  // Walks the object's members along the structural index: `{ " : value , " : value }`, where a string's place is
  // its opening quote and a nested value's places lie between its brackets.
  void members(dom::object object, const char *line) {
    const uint32_t *at = structurals() + 1;
    bool joins = false;
    for (dom::key_value_pair member : object) {
      uint32_t name = at[0], value = at[2];
      at += 3;
      if (line[value] == '{' || line[value] == '[')
        for (int depth = 1; depth > 0; at++) {
          char c = line[*at];
          depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        }
      uint32_t end = *at++;
      int i = find(member.key);
      if (i >= 0) read(values[i], member.value, line, value, end);
      if (i >= 0 && names[i].owned) { joins = false; continue; }
      keep(name, end, joins);
      joins = true;
    }
  }
};

extern "C" {

mt_json_parser *mt_json_parser_new(const char *const *names, const uint8_t *owned, size_t count) {
  try {
    auto *parser = new mt_json_parser;
    for (int &head : parser->buckets) head = -1;
    parser->values.resize(count);
    for (size_t i = 0; i < count; i++) {
      std::string text = names[i];
      int &head = parser->buckets[bucket(text.data(), text.size())];
      parser->names.push_back({text, owned[i] != 0, head});
      head = int(i);
    }
    return parser;
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

void mt_json_parser_free(mt_json_parser *parser) { delete parser; }

int mt_json_parse(mt_json_parser *parser, const char *line, size_t length) {
  try {
    for (mt_json_value &value : parser->values) value.kind = MT_JSON_ABSENT;
    parser->kept.clear();
    dom::element root;
    error_code error = parser->parse(line, length, root);
    if ((error == NUMBER_ERROR || error == TAPE_ERROR) && parser->soften(line, length))
      error = parser->parse(parser->softened.data(), length, root);
    switch (error) {
    case SUCCESS: break;
    case UTF8_ERROR: return MT_JSON_NOT_UTF8;
    case DEPTH_ERROR: return MT_JSON_TOO_DEEP;
    case CAPACITY: return MT_JSON_TOO_LONG;
    case MEMALLOC: return MT_JSON_NO_MEMORY;
    default: return MT_JSON_NOT_JSON;
    }
    dom::object object;
    if (root.get_object().get(object)) return MT_JSON_NOT_OBJECT;
    parser->members(object, line);
    return MT_JSON_OK;
  } catch (const std::bad_alloc &) {
    return MT_JSON_NO_MEMORY;
  }
}

const mt_json_value *mt_json_values(const mt_json_parser *parser) { return parser->values.data(); }

const mt_json_span *mt_json_kept(const mt_json_parser *parser, size_t *count) {
  *count = parser->kept.size();
  return parser->kept.data();
}

}
