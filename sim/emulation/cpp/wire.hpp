// The wire format of protocol buffers, as much of it as XRT's emulation protocol uses.
//
// A codec of our own, not libprotobuf: the device process travels inside the .xclbin and has to start on
// any machine, so that it may need nothing but libc and libstdc++; and the dozen messages of the protocol
// (`rpc_messages.proto` in XRT's sources) are flat lists of numbers and bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "failure.hpp"

namespace tilewright {

// A number as printf's %llu and %llx take it.
inline unsigned long long ull(uint64_t value) { return value; }

// A run of bytes that belongs to somebody else.
struct Bytes {
  const uint8_t* data;
  size_t size;
};

// A received message, read where it lies. `name` is what errors call it.
class Message {
 public:
  // Throws PROTOCOL where the bytes are no message.
  Message(const char* name, Bytes bytes) : name_(name) {
    const uint8_t* at = bytes.data;
    const uint8_t* const end = at + bytes.size;
    while (at < end) {
      const uint64_t key = varint(at, end);
      Field field{key >> 3, static_cast<unsigned>(key & 7), 0, {nullptr, 0}};
      if (field.type == kVarint) {
        field.value = varint(at, end);
      } else if (field.type == kFixed64 || field.type == kFixed32) {
        const size_t width = field.type == kFixed64 ? 8 : 4;
        if (static_cast<size_t>(end - at) < width) broken("ends within a number");
        std::memcpy(&field.value, at, width);
        at += width;
      } else if (field.type == kBytes) {
        const uint64_t length = varint(at, end);
        if (length > static_cast<uint64_t>(end - at)) broken("ends within a field");
        field.bytes = {at, static_cast<size_t>(length)};
        at += length;
      } else {
        broken(format("has a field of the unknown type %u", field.type));
      }
      fields_.push_back(field);
    }
  }

  // The number in field `number`; throws where it is missing.
  uint64_t number(unsigned number, const char* field) const {
    const Field* found = find(number, kVarint);
    if (found == nullptr) broken(format("lacks %s (field %u)", field, number));
    return found->value;
  }

  // The bytes in field `number`; throws where they are missing.
  Bytes bytes(unsigned number, const char* field) const {
    const Field* found = find(number, kBytes);
    if (found == nullptr) broken(format("lacks %s (field %u)", field, number));
    return found->bytes;
  }

  // The sub-messages in field `number`.
  template <class Visit>
  void each(unsigned number, Visit visit) const {
    for (const Field& field : fields_) {
      if (field.number == number && field.type == kBytes) visit(Message(name_, field.bytes));
    }
  }

  std::string text(unsigned number) const {
    const Field* found = find(number, kBytes);
    if (found == nullptr) return "";
    return {reinterpret_cast<const char*>(found->bytes.data), found->bytes.size};
  }

 private:
  static constexpr unsigned kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5;

  struct Field {
    uint64_t number;
    unsigned type;
    uint64_t value;
    Bytes bytes;
  };

  // Of a field that comes more than once the last counts, as the format has it.
  const Field* find(unsigned number, unsigned type) const {
    const Field* found = nullptr;
    for (const Field& field : fields_) {
      if (field.number == number && field.type == type) found = &field;
    }
    return found;
  }

  uint64_t varint(const uint8_t*& at, const uint8_t* end) const {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at == end) broken("ends within a number");
      value |= static_cast<uint64_t>(*at & 0x7F) << shift;
      if ((*at++ & 0x80) == 0) return value;
    }
    broken("has a number of more than 64 bits");
  }

  [[noreturn]] void broken(const std::string& what) const {
    throw Failure{"PROTOCOL", format("the message %s %s", name_, what.c_str())};
  }

  const char* name_;
  std::vector<Field> fields_;
};

// A message to send. Every field that is set is written, zero or not: the answers' fields are required.
class Answer {
 public:
  Answer& number(unsigned field, uint64_t value) {
    varint(field << 3);
    varint(value);
    return *this;
  }

  Answer& bytes(unsigned field, Bytes value) {
    bytesAhead(field, value.size);
    bytes_.insert(bytes_.end(), value.data, value.data + value.size);
    return *this;
  }

  // The head of a field whose `size` bytes are sent behind this message.
  Answer& bytesAhead(unsigned field, size_t size) {
    varint(field << 3 | 2);
    varint(size);
    return *this;
  }

  Bytes view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<uint8_t>(value | 0x80));
    bytes_.push_back(static_cast<uint8_t>(value));
  }

  std::vector<uint8_t> bytes_;
};

}  // namespace tilewright
