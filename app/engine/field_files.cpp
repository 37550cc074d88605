#include "app/engine/field_files.hpp"

#include <utility>

#include "compressors/container/container.hpp"
#include "compressors/field_codec.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/snapshot.hpp"

namespace volpress::engine {
namespace {

/// The codec of one of our own files; null for others.
const compressors::FieldCodec* ownCodec(ByteView bytes) {
  return compressors::isContainer(bytes) ? compressors::fieldCodecForContent(bytes) : nullptr;
}

Result<LoadedFieldScene> decodeContainer(const compressors::FieldCodec& codec, ByteView bytes,
                                         TaskRunner& runner, Progress& progress,
                                         const std::stop_token& stop) {
  VOLPRESS_TRY(const compressors::Container container, compressors::readContainer(bytes, stop));
  compressors::RunContext context{runner, progress, stop, nullptr, nullptr, 1, {}, {}};
  VOLPRESS_TRY(HashGridField field, codec.decode(bytes, context));
  LoadedFieldScene loaded;
  loaded.field = std::make_shared<const HashGridField>(std::move(field));
  loaded.formatId = "vpc";
  loaded.codecId = codec.info().id;
  loaded.parameters = container.parameters;
  loaded.warnings = std::move(context.log);
  return loaded;
}

Result<LoadedFieldScene> readOriginal(ByteView bytes) {
  LoadedFieldScene loaded;
  VOLPRESS_TRY(HashGridField field, formats::readSnapshot(bytes, loaded.warnings));
  loaded.field = std::make_shared<const HashGridField>(std::move(field));
  loaded.formatId = "ingp";
  return loaded;
}

}  // namespace

bool isFieldFile(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return false;
  }
  const auto file = MappedFile::open(path);
  return file && compressors::fieldCodecForContent(file->bytes()) != nullptr;
}

Result<LoadedFieldScene> loadFieldScene(const std::filesystem::path& path, TaskRunner& runner,
                                        Progress& progress, const std::stop_token& stop) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  const compressors::FieldCodec* codec = ownCodec(file.bytes());
  auto loaded = codec != nullptr ? decodeContainer(*codec, file.bytes(), runner, progress, stop)
                                 : readOriginal(file.bytes());
  if (!loaded) {
    return withContext(std::move(loaded).error(), path.string());
  }
  loaded->fileBytes = file.bytes().size();
  return loaded;
}

Result<std::uint64_t> saveFieldScene(const std::filesystem::path& path,
                                     const HashGridField& field) {
  const std::filesystem::path extension = path.extension();
  if (extension != ".ingp" && extension != ".msgpack") {
    return fail(ErrorCode::InvalidParameter,
                "{}: fields are written as .ingp or .msgpack; name a file that ends so",
                path.string());
  }
  VOLPRESS_TRY(
      const Bytes bytes,
      formats::writeSnapshot(field, extension == ".ingp" ? formats::SnapshotWrapping::Gzip
                                                         : formats::SnapshotWrapping::None));
  VOLPRESS_CHECK(writeFileAtomically(path, bytes));
  return bytes.size();
}

Result<std::vector<formats::ByteShare>> fieldFileBreakdown(const std::filesystem::path& path) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  const compressors::FieldCodec* codec = ownCodec(file.bytes());
  return codec != nullptr ? codec->breakdown(file.bytes())
                          : Result<std::vector<formats::ByteShare>>({});
}

std::uint64_t plainFieldBytes(const HashGridField& field) noexcept {
  return 2 * field.parameters.size() + field.occupancy.size();
}

}  // namespace volpress::engine
