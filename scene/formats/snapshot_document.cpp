#include "scene/formats/snapshot_document.hpp"

#include <zlib.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr std::size_t kMostValues = std::size_t{1} << 20;
constexpr std::size_t kMostLevels = 32;
constexpr int kEitherWindow = 15 + 32;  // gzip or zlib, by the header
constexpr int kGzipWindow = 15 + 16;

/// Builds the tree from the parser's events, within limits. The names are those that the library
/// asks for.
class TreeBuilder final : public nlohmann::json_sax<json> {
public:
  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return putWhole(value); }
  bool number_unsigned(number_unsigned_t value) override { return putWhole(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return put(value); }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t& value) override { return put(json::binary(std::move(value))); }

  bool start_object(std::size_t /*size*/) override { return open(json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*size*/) override {
    if (!m_path.empty() && m_path.back()->is_object() && m_key == "bytes") {
      m_collects = true;
      return true;
    }
    return open(json::array());
  }
  bool end_array() override {
    if (m_collects) {
      m_collects = false;
      return put(json::binary(std::move(m_collected)));
    }
    return close();
  }
  bool key(string_t& value) override {
    m_key = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*problem*/) override {
    return refuse(fmt::format("is no MessagePack at byte {}", position));
  }

  [[nodiscard]] const std::string& problem() const noexcept { return m_problem; }
  [[nodiscard]] json take() { return std::move(m_root); }

private:
  template <typename Whole>
  bool putWhole(Whole value) {
    if (!m_collects) {
      return put(value);
    }
    if (!std::in_range<std::uint8_t>(value)) {
      return refuse("has a byte outside 0..255");
    }
    m_collected.push_back(static_cast<std::uint8_t>(value));
    return true;
  }

  bool put(json value) { return place(std::move(value)) != nullptr; }

  json* place(json value) {
    if (m_collects) {
      refuse("has a value that is no byte in a list of bytes");
      return nullptr;
    }
    if (++m_values > kMostValues) {
      refuse(fmt::format("has more than {} values", kMostValues));
      return nullptr;
    }
    if (m_path.empty()) {
      m_root = std::move(value);
      return &m_root;
    }
    json& parent = *m_path.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    json& slot = parent[m_key];
    slot = std::move(value);
    return &slot;
  }

  bool open(json empty) {
    if (m_path.size() >= kMostLevels) {
      return refuse(fmt::format("is nested deeper than {} levels", kMostLevels));
    }
    json* placed = place(std::move(empty));
    if (placed == nullptr) {
      return false;
    }
    m_path.push_back(placed);
    return true;
  }

  bool close() {
    m_path.pop_back();
    return true;
  }

  bool refuse(std::string problem) {
    if (m_problem.empty()) {
      m_problem = std::move(problem);
    }
    return false;
  }

  json m_root;
  std::vector<json*> m_path;  ///< containers that are open; none of them moves while it is
  std::string m_key;
  bool m_collects = false;  ///< inside an array under "bytes"
  json::binary_t m_collected;
  std::size_t m_values = 0;
  std::string m_problem;
};

bool isWrapped(ByteView file) {
  if (file.size() < 2) {
    return false;
  }
  const auto first = static_cast<unsigned>(file[0]);
  const auto second = static_cast<unsigned>(file[1]);
  const bool gzip = first == 0x1F && second == 0x8B;
  const bool zlib =
      first == 0x78 && (second == 0x01 || second == 0x5E || second == 0x9C || second == 0xDA);
  return gzip || zlib;
}

/// Ends the stream's memory however the function is left.
struct InflateGuard {
  z_stream stream{};
  ~InflateGuard() { inflateEnd(&stream); }
};

void setInput(z_stream& stream, ByteView file) {
  // zlib does not write to its input.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(file.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(file.size(), kMostBytes));
}

}  // namespace

Result<json> parseMessagePack(ByteView bytes) {
  TreeBuilder builder;
  const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const bool whole =
      json::sax_parse(begin, begin + bytes.size(), &builder, json::input_format_t::msgpack);
  json root = builder.take();
  if (!whole || !root.is_object()) {
    return fail(ErrorCode::CorruptData, "the snapshot {}",
                builder.problem().empty() ? "is no MessagePack map" : builder.problem());
  }
  return root;
}

Bytes toMessagePack(const json& document) {
  std::vector<std::uint8_t> packed = json::to_msgpack(document);
  const ByteView view = viewBytes(std::span<const std::uint8_t>(packed));
  return {view.begin(), view.end()};
}

Result<Bytes> unwrapSnapshot(ByteView file) {
  if (file.size() > kMostBytes) {
    return fail(ErrorCode::CorruptData, "the snapshot has {} bytes, allowed are {}", file.size(),
                kMostBytes);
  }
  if (!isWrapped(file)) {
    return Bytes(file.begin(), file.end());
  }
  InflateGuard guard;
  z_stream& stream = guard.stream;
  if (inflateInit2(&stream, kEitherWindow) != Z_OK) {
    return fail(ErrorCode::OutOfMemory, "no memory to inflate the snapshot");
  }
  setInput(stream, file);
  Bytes inflated;
  std::size_t size = 0;
  int state = Z_OK;
  while (state == Z_OK) {
    // Grows with what has come out, so that a small file cannot ask for much.
    if (size == inflated.size()) {
      if (size >= kMostBytes) {
        return fail(ErrorCode::CorruptData, "the snapshot inflates to more than {} bytes",
                    kMostBytes);
      }
      inflated.resize(std::max<std::size_t>(1 << 16, size + size / 2));
    }
    stream.next_out = reinterpret_cast<Bytef*>(inflated.data() + size);
    stream.avail_out = static_cast<uInt>(inflated.size() - size);
    const uInt room = stream.avail_out;
    state = inflate(&stream, Z_NO_FLUSH);
    size += room - stream.avail_out;
    if (state == Z_OK && room == stream.avail_out && stream.avail_in == 0) {
      break;
    }
  }
  if (state != Z_STREAM_END) {
    return fail(ErrorCode::CorruptData, "the snapshot's compressed stream {}",
                state == Z_OK || state == Z_BUF_ERROR ? "ends early" : "is damaged");
  }
  inflated.resize(size);
  return inflated;
}

Bytes unwrapStart(ByteView file, std::size_t size) {
  if (!isWrapped(file)) {
    const ByteView front = file.first(std::min(size, file.size()));
    return {front.begin(), front.end()};
  }
  InflateGuard guard;
  z_stream& stream = guard.stream;
  Bytes start(size);
  if (inflateInit2(&stream, kEitherWindow) != Z_OK) {
    return {};
  }
  setInput(stream, file);
  stream.next_out = reinterpret_cast<Bytef*>(start.data());
  stream.avail_out = static_cast<uInt>(start.size());
  inflate(&stream, Z_SYNC_FLUSH);
  start.resize(start.size() - stream.avail_out);
  return start;
}

Result<Bytes> wrapGzip(ByteView bytes, int level) {
  z_stream stream{};
  constexpr int kMemory = 8;
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return fail(ErrorCode::OutOfMemory, "no memory to deflate the snapshot");
  }
  Bytes packed(deflateBound(&stream, static_cast<uLong>(bytes.size())));
  setInput(stream, bytes);
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int state = deflate(&stream, Z_FINISH);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  if (state != Z_STREAM_END) {
    return fail(ErrorCode::Internal, "the snapshot could not be deflated");
  }
  return packed;
}

const json::binary_t* asBinary(const json& value) {
  if (value.is_binary()) {
    return &value.get_binary();
  }
  if (value.is_object()) {
    const auto inner = value.find("bytes");
    if (inner != value.end() && inner->is_binary()) {
      return &inner->get_binary();
    }
  }
  return nullptr;
}

}  // namespace volpress::formats
