#include "scene/formats/pickle.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

namespace volpress::formats {
namespace {

using Index = std::size_t;  // of a value; values refer to others by it, so that no chain recurses

enum class Kind : std::uint8_t {
  None,
  Number,
  Text,
  Bytes,
  Sequence,
  Dictionary,
  Global,
  Type,
  Array,
  Mark
};

struct Value {
  Kind kind = Kind::None;
  std::int64_t number = 0;
  ByteView bytes;            ///< of Text, Bytes and Global ("module name"); of an Array its items
  std::vector<Index> parts;  ///< of Sequence; of Dictionary key, value, key, ...
  std::string type;          ///< of Type and Array: "f2"
  std::vector<std::uint64_t> shape;
  bool fortran = false;
};

constexpr std::size_t kMostValues = 1'000'000;
// Of its size a pickle may make so many bytes: each array once as text, as bytes and as an array.
constexpr std::uint64_t kMostCopies = 4;

/// The calls that arrays are pickled with.
constexpr std::array<std::string_view, 6> kCalls{"numpy.core.multiarray _reconstruct",
                                                 "numpy._core.multiarray _reconstruct",
                                                 "numpy ndarray",
                                                 "numpy dtype",
                                                 "_codecs encode",
                                                 "numpy.core.numeric _frombuffer"};

class Machine {
public:
  explicit Machine(ByteView pickle) : m_reader(pickle), m_room(kMostCopies * pickle.size()) {}

  Result<std::map<std::string, NpyArray>> run() {
    for (bool over = false; !over;) {
      VOLPRESS_TRY(const auto code, m_reader.read<std::uint8_t>("pickle"));
      VOLPRESS_TRY(over, step(static_cast<char>(code)));
      if (m_values.size() > kMostValues) {
        return fail(ErrorCode::CorruptData, "pickle: more than the {} values allowed", kMostValues);
      }
    }
    VOLPRESS_TRY(Index top, pop());
    // A scalar of kind O is an array whose state lists its one item.
    if (m_values[top].kind == Kind::Array && m_values[top].parts.size() == 1) {
      top = m_values[top].parts[0];
    }
    if (m_values[top].kind != Kind::Dictionary) {
      return fail(ErrorCode::CorruptData, "pickle: holds no dictionary");
    }
    std::map<std::string, NpyArray> arrays;
    const std::vector<Index>& parts = m_values[top].parts;
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
      const Value& key = m_values[parts[i]];
      const Value& value = m_values[parts[i + 1]];
      if (key.kind == Kind::Text && value.kind == Kind::Array && value.parts.empty()) {
        const std::string name(viewText(key.bytes));
        VOLPRESS_CHECK(spend(value.bytes.size()));
        VOLPRESS_TRY(arrays[name], arrayOf(value, name));
      }
    }
    return arrays;
  }

private:
  static tl::unexpected<Error> damaged(std::string_view what) {
    return fail(ErrorCode::CorruptData, "pickle: {}", what);
  }

  /// Values may be named again and again, but not copied: few bytes would become many.
  Result<void> spend(std::uint64_t bytes) {
    if (bytes > m_room) {
      return damaged("makes more bytes than it can hold");
    }
    m_room -= bytes;
    return {};
  }

  Index add(Value value) {
    m_values.push_back(std::move(value));
    return m_values.size() - 1;
  }
  void push(Value value) { m_stack.push_back(add(std::move(value))); }
  void pushNumber(std::int64_t number) { push({Kind::Number, number, {}, {}, {}, {}, false}); }
  void pushBytes(Kind kind, ByteView bytes) { push({kind, 0, bytes, {}, {}, {}, false}); }

  Result<Index> pop() {
    if (m_stack.empty()) {
      return damaged("takes from an empty stack");
    }
    const Index top = m_stack.back();
    m_stack.pop_back();
    return top;
  }

  /// What lies above the last mark, which goes.
  Result<std::vector<Index>> popToMark() {
    std::size_t at = m_stack.size();
    while (at > 0 && m_values[m_stack[at - 1]].kind != Kind::Mark) {
      --at;
    }
    if (at == 0) {
      return damaged("has no mark");
    }
    std::vector<Index> parts(m_stack.begin() + static_cast<std::ptrdiff_t>(at), m_stack.end());
    m_stack.resize(at - 1);
    return parts;
  }

  Result<void> pushTuple(std::size_t count) {
    if (m_stack.size() < count) {
      return damaged("a tuple takes from an empty stack");
    }
    Value tuple{Kind::Sequence, 0, {}, {}, {}, {}, false};
    tuple.parts.assign(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end());
    m_stack.resize(m_stack.size() - count);
    push(std::move(tuple));
    return {};
  }

  Result<void> extend(const std::vector<Index>& parts, Kind kind) {
    if (m_stack.empty() || m_values[m_stack.back()].kind != kind) {
      return damaged("adds to what is no list or dictionary");
    }
    std::vector<Index>& to = m_values[m_stack.back()].parts;
    VOLPRESS_CHECK(countParts(parts.size()));
    to.insert(to.end(), parts.begin(), parts.end());
    return {};
  }

  Result<void> countParts(std::size_t count) {
    m_partCount += count;
    return m_partCount > kMostValues ? damaged("too many items") : Result<void>();
  }

  template <typename Length>
  Result<void> pushSized(Kind kind) {
    VOLPRESS_TRY(const auto length, m_reader.read<Length>("pickle length"));
    VOLPRESS_TRY(const ByteView bytes, m_reader.take(length, "pickle text"));
    pushBytes(kind, bytes);
    return {};
  }

  Result<ByteView> line() {
    const ByteView rest = m_reader.rest();
    const auto end = std::find(rest.begin(), rest.end(), std::byte{'\n'});
    if (end == rest.end()) {
      return damaged("a line has no end");
    }
    const auto length = static_cast<std::size_t>(end - rest.begin());
    VOLPRESS_TRY(const ByteView taken, m_reader.take(length + 1, "pickle line"));
    return taken.first(length);
  }

  Result<void> pushGlobal(ByteView module, ByteView name) {
    const std::string words = std::string(viewText(module)) + " " + std::string(viewText(name));
    const auto known = std::find(kCalls.begin(), kCalls.end(), words);
    if (known == kCalls.end()) {
      return fail(ErrorCode::UnsupportedVersion,
                  "pickle: names \"{:.80}\", which is not run: only NumPy arrays are read", words);
    }
    pushBytes(Kind::Global, viewBytes(*known));
    return {};
  }

  Result<void> store(std::uint64_t place) {
    if (m_stack.empty() || place > kMostValues) {
      return damaged("keeps what is not there");
    }
    if (m_memo.size() <= place) {
      m_memo.resize(static_cast<std::size_t>(place) + 1);
    }
    m_memo[static_cast<std::size_t>(place)] = m_stack.back();
    return {};
  }

  Result<void> recall(std::uint64_t place) {
    if (place >= m_memo.size() || !m_memo[static_cast<std::size_t>(place)]) {
      return damaged("asks for what was not kept");
    }
    m_stack.push_back(*m_memo[static_cast<std::size_t>(place)]);
    return {};
  }

  /// function(arguments): an array or a type to be built, or bytes.
  Result<void> call() {
    VOLPRESS_TRY(const Index arguments, pop());
    VOLPRESS_TRY(const Index function, pop());
    const Value& with = m_values[arguments];
    if (m_values[function].kind != Kind::Global || with.kind != Kind::Sequence) {
      return damaged("calls what is no function");
    }
    const std::string_view name = viewText(m_values[function].bytes);
    const auto argument = [&](std::size_t index) -> const Value* {
      return index < with.parts.size() ? &m_values[with.parts[index]] : nullptr;
    };
    const Value* first = argument(0);
    if (name == "numpy dtype") {
      if (first == nullptr || first->kind != Kind::Text) {
        return damaged("a type has no name");
      }
      Value type{Kind::Type, 0, {}, {}, std::string(viewText(first->bytes)), {}, false};
      push(std::move(type));
    } else if (name.ends_with("_reconstruct")) {
      push({Kind::Array, 0, {}, {}, {}, {}, false});
    } else if (name == "_codecs encode") {
      // Protocol 2 has no bytes: it calls encode(text, "latin1"), text in UTF-8.
      if (first == nullptr || first->kind != Kind::Text) {
        return damaged("encodes what is no text");
      }
      VOLPRESS_TRY(const ByteView bytes, latin1(first->bytes));
      pushBytes(Kind::Bytes, bytes);
    } else {
      const Value* type = argument(1);
      const Value* shape = argument(2);
      if (first == nullptr || first->kind != Kind::Bytes || type == nullptr || shape == nullptr) {
        return damaged("an array has no bytes");
      }
      Value array{Kind::Array, 0, first->bytes, {}, type->type, {}, false};
      VOLPRESS_TRY(array.shape, shapeOf(*shape));
      push(std::move(array));
    }
    return {};
  }

  Result<ByteView> latin1(ByteView utf8) {
    VOLPRESS_CHECK(spend(utf8.size()));
    Bytes bytes;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
      const auto lead = static_cast<unsigned>(utf8[i]);
      if (lead < 0x80) {
        bytes.push_back(utf8[i]);
      } else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < utf8.size()) {
        const auto low = static_cast<unsigned>(utf8[++i]) & 0x3FU;
        bytes.push_back(static_cast<std::byte>((lead & 3U) << 6 | low));
      } else {
        return damaged("a text is not of latin1");
      }
    }
    m_made.push_back(std::move(bytes));
    return ByteView(m_made.back());
  }

  Result<std::vector<std::uint64_t>> shapeOf(const Value& value) const {
    std::vector<std::uint64_t> shape;
    for (const Index part : value.parts) {
      if (m_values[part].kind != Kind::Number || m_values[part].number < 0 || shape.size() == 8) {
        return damaged("a shape is no list of numbers");
      }
      shape.push_back(static_cast<std::uint64_t>(m_values[part].number));
    }
    return shape;
  }

  /// Gives what was made its state: (version, shape, type, fortran, items) of an array.
  Result<void> build() {
    VOLPRESS_TRY(const Index state, pop());
    if (m_stack.empty()) {
      return damaged("builds what is not there");
    }
    const Index target = m_stack.back();
    const std::vector<Index> parts = m_values[state].parts;
    if (m_values[target].kind == Kind::Type) {
      const bool big = parts.size() > 1 && viewText(m_values[parts[1]].bytes) == ">";
      return big ? damaged("numbers are big-endian") : Result<void>();
    }
    if (m_values[target].kind != Kind::Array || parts.size() != 5) {
      return damaged("builds what is no array");
    }
    VOLPRESS_TRY(std::vector<std::uint64_t> shape, shapeOf(m_values[parts[1]]));
    Value& array = m_values[target];
    const Value& items = m_values[parts[4]];
    array.shape = std::move(shape);
    array.type = m_values[parts[2]].type;
    array.fortran = m_values[parts[3]].number != 0;
    if (items.kind == Kind::Sequence) {
      VOLPRESS_CHECK(countParts(items.parts.size()));
      array.parts = items.parts;
    } else if (items.kind == Kind::Bytes) {
      array.bytes = items.bytes;
    } else {
      return damaged("an array has no items");
    }
    return {};
  }

  /// Through the reader of .npy, so that both forms are checked alike.
  static Result<NpyArray> arrayOf(const Value& value, const std::string& name) {
    std::string type = value.type;
    if (!type.empty() && std::isalpha(static_cast<unsigned char>(type.front())) != 0) {
      type.insert(type.begin(), '<');
    }
    if (type.size() > 16 || type.find('\'') != std::string::npos) {
      return damaged("the name of a type");
    }
    return readNpy(writeNpy(type, value.shape, value.bytes, value.fortran), name);
  }

  /// True after the last one.
  Result<bool> step(char code) {
    switch (code) {
      case '\x80': VOLPRESS_CHECK(m_reader.take(1, "protocol")); return false;
      case '\x95': VOLPRESS_CHECK(m_reader.take(8, "frame")); return false;
      case '.': return true;
      case '(': push({Kind::Mark, 0, {}, {}, {}, {}, false}); return false;
      case 'N': push({}); return false;
      case '\x88': pushNumber(1); return false;
      case '\x89': pushNumber(0); return false;
      case ']':
      case ')': push({Kind::Sequence, 0, {}, {}, {}, {}, false}); return false;
      case '}': push({Kind::Dictionary, 0, {}, {}, {}, {}, false}); return false;
      case '0': VOLPRESS_CHECK(pop()); return false;
      default: break;
    }
    VOLPRESS_CHECK(stepWithData(code));
    return false;
  }

  Result<void> stepWithData(char code) {
    switch (code) {
      case 'K': return pushInteger<std::uint8_t>();
      case 'M': return pushInteger<std::uint16_t>();
      case 'J': return pushInteger<std::int32_t>();
      case '\x8A': return pushLong();
      case 'G': return pushInteger<std::int64_t>();  // a float, of no use here
      case 'X': return pushSized<std::uint32_t>(Kind::Text);
      case '\x8C': return pushSized<std::uint8_t>(Kind::Text);
      case '\x8D': return pushSized<std::uint64_t>(Kind::Text);
      case 'C':
      case 'U': return pushSized<std::uint8_t>(Kind::Bytes);
      case 'B':
      case 'T': return pushSized<std::uint32_t>(Kind::Bytes);
      case '\x8E':
      case '\x96': return pushSized<std::uint64_t>(Kind::Bytes);
      case '\x85': return pushTuple(1);
      case '\x86': return pushTuple(2);
      case '\x87': return pushTuple(3);
      case 't': {
        VOLPRESS_TRY(std::vector<Index> parts, popToMark());
        push({Kind::Sequence, 0, {}, std::move(parts), {}, {}, false});
        return {};
      }
      case 'u': {
        VOLPRESS_TRY(const std::vector<Index> parts, popToMark());
        return parts.size() % 2 == 0 ? extend(parts, Kind::Dictionary) : damaged("an odd item");
      }
      case 's': {
        VOLPRESS_TRY(const Index value, pop());
        VOLPRESS_TRY(const Index key, pop());
        return extend({key, value}, Kind::Dictionary);
      }
      case 'e': {
        VOLPRESS_TRY(const std::vector<Index> parts, popToMark());
        return extend(parts, Kind::Sequence);
      }
      case 'a': {
        VOLPRESS_TRY(const Index item, pop());
        return extend({item}, Kind::Sequence);
      }
      case 'c': {
        VOLPRESS_TRY(const ByteView module, line());
        VOLPRESS_TRY(const ByteView name, line());
        return pushGlobal(module, name);
      }
      case '\x93': {
        VOLPRESS_TRY(const Index name, pop());
        VOLPRESS_TRY(const Index module, pop());
        return pushGlobal(m_values[module].bytes, m_values[name].bytes);
      }
      case 'q': return withPlace<std::uint8_t>(&Machine::store);
      case 'r': return withPlace<std::uint32_t>(&Machine::store);
      case '\x94': return store(m_memo.size());
      case 'h': return withPlace<std::uint8_t>(&Machine::recall);
      case 'j': return withPlace<std::uint32_t>(&Machine::recall);
      case 'R': return call();
      case 'b': return build();
      default:
        return fail(ErrorCode::UnsupportedVersion, "pickle: operation 0x{:02X} is not run",
                    static_cast<unsigned char>(code));
    }
  }

  template <typename T>
  Result<void> pushInteger() {
    VOLPRESS_TRY(const T value, m_reader.read<T>("pickle number"));
    pushNumber(static_cast<std::int64_t>(value));
    return {};
  }

  Result<void> pushLong() {
    VOLPRESS_TRY(const auto length, m_reader.read<std::uint8_t>("pickle number"));
    VOLPRESS_TRY(const ByteView bytes, m_reader.take(length, "pickle number"));
    if (length > 8) {
      return damaged("a number of more than 8 bytes");
    }
    std::uint64_t value =
        length > 0 && (bytes.back() & std::byte{0x80}) != std::byte{0} ? ~std::uint64_t{0} : 0;
    for (std::size_t i = length; i-- > 0;) {
      value = value << 8 | static_cast<std::uint64_t>(bytes[i]);
    }
    pushNumber(static_cast<std::int64_t>(value));
    return {};
  }

  template <typename T>
  Result<void> withPlace(Result<void> (Machine::*act)(std::uint64_t)) {
    VOLPRESS_TRY(const T place, m_reader.read<T>("pickle memo"));
    return (this->*act)(place);
  }

  ByteReader m_reader;
  std::vector<Value> m_values;
  std::vector<Index> m_stack;
  std::vector<std::optional<Index>> m_memo;
  std::vector<Bytes> m_made;  ///< what was encoded; views of their bytes stay as the list grows
  std::size_t m_partCount = 0;
  std::uint64_t m_room;  ///< bytes that may still be made
};

}  // namespace

Result<std::map<std::string, NpyArray>> readPickledArrays(ByteView pickle) {
  return Machine(pickle).run();
}

}  // namespace volpress::formats
