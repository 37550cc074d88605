#include "compressors/learning/state_file.hpp"

#include <utility>

namespace volpress::learning {

ByteWriter beginState(std::string_view magic, std::uint64_t identity) {
  ByteWriter out;
  out.append(magic);
  out.write(identity);
  return out;
}

Bytes finishState(ByteWriter out) {
  out.write(hashBytes(out.bytes()));
  return std::move(out).take();
}

Result<ByteReader> openState(ByteView bytes, std::string_view magic, std::uint64_t identity) {
  constexpr std::size_t kHashBytes = sizeof(std::uint64_t);
  if (bytes.size() < magic.size() + 2 * kHashBytes ||
      viewText(bytes.first(magic.size())) != magic) {
    return fail(ErrorCode::CorruptData, "this is no checkpoint of such a run");
  }
  std::uint64_t stored = 0;
  std::memcpy(&stored, bytes.last(kHashBytes).data(), kHashBytes);
  if (stored != hashBytes(bytes.first(bytes.size() - kHashBytes))) {
    return fail(ErrorCode::CorruptData, "the checkpoint is damaged: its checksum does not agree");
  }
  ByteReader reader(bytes.subspan(magic.size(), bytes.size() - magic.size() - kHashBytes));
  VOLPRESS_TRY(const auto found, reader.read<std::uint64_t>("identity"));
  if (found != identity) {
    return fail(ErrorCode::InvalidParameter,
                "the checkpoint belongs to other input or other settings; give them again, or "
                "remove the checkpoint to start afresh");
  }
  return reader;
}

void appendView(const Camera& camera, const Image& picture, ByteWriter& out) {
  out.write<std::uint64_t>(camera.width);
  out.write<std::uint64_t>(camera.height);
  for (const float value : {camera.fx, camera.fy, camera.cx, camera.cy, camera.nearPlane}) {
    out.write(value);
  }
  out.write(camera.rotation);
  out.write(camera.position);
  out.write(hashBytes(viewArray(picture.pixels)));
}

Result<std::optional<KeptState>> openKeptState(const std::filesystem::path& scratch,
                                               std::string_view name, std::string_view magic,
                                               std::uint64_t identity, std::string_view what,
                                               std::vector<std::string>& log) {
  std::error_code problem;
  if (scratch.empty() || !std::filesystem::exists(scratch / name, problem)) {
    return std::nullopt;
  }
  VOLPRESS_TRY(MappedFile file, MappedFile::open(scratch / name));
  auto reader = openState(file.bytes(), magic, identity);
  if (!reader) {
    log.push_back(std::string(what) + " starts afresh: " + reader.error().message);
    return std::nullopt;
  }
  return KeptState{std::move(file), *reader};
}

}  // namespace volpress::learning
