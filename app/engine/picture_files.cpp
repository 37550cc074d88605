#include "app/engine/picture_files.hpp"

#include <utility>

#include "app/engine/photograph.hpp"
#include "app/engine/photograph_orientation.hpp"
#include "app/engine/picture_plane.hpp"
#include "app/engine/png_image.hpp"
#include "compressors/container/container.hpp"
#include "compressors/picture_codec.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/gltf_materials.hpp"

namespace volpress::engine {
namespace {

constexpr std::string_view kPngType = "image/png";

Result<LoadedPicture> decodeFile(ByteView bytes, TaskRunner& runner, Progress& progress,
                                 const std::stop_token& stop) {
  LoadedPicture loaded;
  loaded.fileBytes = bytes.size();
  const compressors::PictureCodec* codec = compressors::pictureCodecForContent(bytes);
  loaded.formatId = codec != nullptr ? codec->info().id : "png";
  if (!formats::pictureMimeType(bytes).empty()) {  // with what is transparent over black
    VOLPRESS_TRY(Image picture, decodePhotograph(bytes));
    loaded.picture =
        std::make_shared<const Image>(upright(std::move(picture), exifOrientation(bytes)));
    return loaded;
  }
  if (codec == nullptr) {
    return fail(ErrorCode::NotThisFormat, "this is no picture of a known kind");
  }
  if (compressors::isContainer(bytes)) {
    VOLPRESS_TRY(const compressors::Container container, compressors::readContainer(bytes, stop));
    loaded.codecId = std::exchange(loaded.formatId, "vpc");
    loaded.parameters = container.parameters;
  }
  compressors::RunContext context{runner, progress, stop, nullptr, nullptr, 1, {}, {}};
  VOLPRESS_TRY(Image picture, codec->decode(bytes, context));
  loaded.picture = std::make_shared<const Image>(std::move(picture));
  loaded.warnings = std::move(context.log);
  return loaded;
}

}  // namespace

bool isPictureFile(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return false;
  }
  const auto file = MappedFile::open(path);
  return file && (formats::pictureMimeType(file->bytes()) == kPngType ||
                  compressors::pictureCodecForContent(file->bytes()) != nullptr);
}

Result<LoadedPicture> loadPicture(const std::filesystem::path& path, TaskRunner& runner,
                                  Progress& progress, const std::stop_token& stop) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  auto loaded = decodeFile(file.bytes(), runner, progress, stop);
  return loaded ? std::move(loaded)
                : Result<LoadedPicture>(withContext(std::move(loaded).error(), path.string()));
}

Result<std::uint64_t> savePicture(const std::filesystem::path& path, const Image& picture) {
  if (path.extension() != ".png") {
    return fail(ErrorCode::InvalidParameter,
                "{}: pictures are written as .png; name a file that ends so", path.string());
  }
  VOLPRESS_TRY(const Bytes bytes, encodePng(picture));
  VOLPRESS_CHECK(writeFileAtomically(path, bytes));
  return bytes.size();
}

Result<std::vector<formats::ByteShare>> pictureFileBreakdown(const std::filesystem::path& path) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  const compressors::PictureCodec* codec = compressors::pictureCodecForContent(file.bytes());
  return codec != nullptr && compressors::isContainer(file.bytes())
             ? codec->breakdown(file.bytes())
             : Result<std::vector<formats::ByteShare>>({});
}

std::uint64_t plainPictureBytes(const Image& picture) noexcept {
  return std::uint64_t{3} * picture.width * picture.height;
}

ViewSet pictureViews(const Image& picture) {
  return {"the picture", {{"picture", wholePicture(picture), false}}};
}

Result<std::vector<ViewQuality>> measurePicture(const Image& original, const Image& result,
                                                MeasureContext& context,
                                                const ViewVisitor& visitor) {
  const ViewSet views = pictureViews(original);
  Image error;
  VOLPRESS_TRY(ViewQuality quality,
               measurePictures(views.views.front(), original, result, context.runner, error));
  if (visitor) {
    VOLPRESS_CHECK(visitor({0, original, result, error}));
  }
  context.progress.report(1);
  return std::vector<ViewQuality>{std::move(quality)};
}

}  // namespace volpress::engine
