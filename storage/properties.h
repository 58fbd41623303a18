// The outer grammar of packed properties, which lets storage set the properties of many records in
// columns without knowing what they mean:
//
//   by rising id without repetition: id varint, size · 4 + form varint, bytes
//
// What the forms are, and what the bytes mean, is the engine's affair (value_codec.cc).
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/bytes.h"
#include "storage/ids.h"

namespace entente::storage {

inline constexpr uint8_t kPropertyForms = 4;

struct PackedProperty {
  PropertyId id = kNoSymbol;
  uint8_t form = 0;
  absl::string_view bytes;
};

// The beginning of a property, which `size` bytes must follow.
inline void AppendPropertyHead(PropertyId id, uint8_t form, size_t size, std::string* packed) {
  char head[2 * kMostVarintBytes];
  const size_t id_size = PutVarint(id, head);
  packed->append(head, id_size + PutVarint(size * kPropertyForms + form, head + id_size));
}

inline void AppendProperty(const PackedProperty& property, std::string* packed) {
  AppendPropertyHead(property.id, property.form, property.bytes.size(), packed);
  packed->append(property.bytes.data(), property.bytes.size());
}

// Takes the first property off `*packed`; false when the bytes are none.
inline bool TakeProperty(absl::string_view* packed, PackedProperty* property) {
  ByteReader reader(*packed);
  uint64_t size_and_form;
  if (!reader.Number(&property->id) || property->id == kNoSymbol ||
      !reader.Varint(&size_and_form) ||
      !reader.Bytes(size_and_form / kPropertyForms, &property->bytes)) {
    return false;
  }
  property->form = size_and_form % kPropertyForms;
  *packed = reader.rest();
  return true;
}

}  // namespace entente::storage
