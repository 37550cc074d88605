#include "scene/formats/format.hpp"

#include <algorithm>
#include <new>

#include "scene/base/files.hpp"
#include "scene/formats/mesh_file.hpp"
#include "scene/formats/sog.hpp"
#include "scene/formats/streamed_sog.hpp"

namespace volpress::formats {
namespace {

constexpr const char* kIsMesh =
    "holds a mesh, where splats are wanted; info, doctor, render, encode, evaluate, compare and "
    "convert take meshes";

constexpr std::size_t kHeadBytes = std::size_t{64} << 10;

/// Every extension that can be read, for messages.
std::string knownExtensions() {
  std::string list;
  for (const Format* format : allFormats()) {
    for (const std::string& extension : format->info().extensions) {
      list += (list.empty() ? "" : ", ") + extension;
    }
  }
  return list;
}

bool isLfsPointer(ByteView head) {
  constexpr std::string_view kFirstLine = "version https://git-lfs.github.com/spec/";
  return viewText(head).substr(0, kFirstLine.size()) == kFirstLine;
}

/// Decodes; a scene that memory cannot hold is an error like any other.
Result<GaussianCloud> decodeGuarded(const Format& format, ByteView file, const FileSource& beside,
                                    IoContext& context) {
  try {
    return format.decodeBeside(file, beside, context);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "the scene does not fit into memory ({} bytes of file)",
                file.size());
  }
}

/// The warnings that came after the first `before`.
std::vector<std::string> warningsSince(const IoContext& context, std::size_t before) {
  return {context.warnings.begin() + static_cast<std::ptrdiff_t>(before), context.warnings.end()};
}

/// A loose SOG, by its folder or its meta.json.
Result<LoadedCloud> loadFolder(const std::filesystem::path& path, IoContext& context) {
  const std::size_t warningsBefore = context.warnings.size();
  VOLPRESS_TRY(LooseSog loose, loadLooseSog(path, context));
  return LoadedCloud{std::move(loose.cloud), sogFormat().info().id, loose.fileBytes,
                     warningsSince(context, warningsBefore)};
}

/// Whether a path asks for a loose SOG: a folder that is there, one with a slash at the end, or a
/// meta.json.
bool namesFolder(const std::filesystem::path& path) {
  std::error_code ignored;
  return path.filename().empty() || path.filename() == "meta.json" ||
         std::filesystem::is_directory(path, ignored);
}

}  // namespace

Result<GaussianCloud> Format::decodeBeside(ByteView file, const FileSource& /*beside*/,
                                           IoContext& context) const {
  return decode(file, context);
}

Result<void> Format::encodeTo(const GaussianCloud& cloud, const ParamSet& params,
                              IoContext& context, const ByteSink& sink) const {
  VOLPRESS_TRY(const Bytes bytes, encode(cloud, params, context));
  return sink(bytes);
}

Result<LoadedCloud> loadCloud(const std::filesystem::path& path, IoContext& context) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    const std::filesystem::path streamed = path / "lod-meta.json";
    return std::filesystem::exists(streamed, ignored) &&
                   !std::filesystem::exists(path / "meta.json", ignored)
               ? loadCloud(streamed, context)
               : loadFolder(path, context);
  }
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  const ByteView head = file.bytes().first(std::min(file.bytes().size(), kHeadBytes));
  if (isSogMeta(head)) {
    return loadFolder(path, context);
  }
  if (isLfsPointer(head)) {
    return fail(ErrorCode::NotThisFormat,
                "{}: is a Git LFS pointer of {} bytes that stands in for the scene; fetch the file "
                "itself with \"git lfs pull\"",
                path.string(), file.bytes().size());
  }
  const Format* format = formatForContent(head, path.filename().string());
  if (format == nullptr && !meshFormatOf(head, path.filename().string()).empty()) {
    return fail(ErrorCode::NotThisFormat, "{}: {}", path.string(), kIsMesh);
  }
  if (format == nullptr) {
    return fail(ErrorCode::NotThisFormat,
                "{}: the content ({} bytes) is no scene format that can be read ({})",
                path.string(), file.bytes().size(), knownExtensions());
  }
  const std::size_t warningsBefore = context.warnings.size();
  // What has been read leaves memory at once: otherwise file and scene would stand in it together.
  context.release = [&file](ByteView part) { file.release(part); };
  std::uint64_t besideBytes = 0;
  const FileSource beside = [&](const std::string& name) -> Result<Bytes> {
    VOLPRESS_TRY(const MappedFile other, MappedFile::open(path.parent_path() / name));
    besideBytes += other.bytes().size();
    return Bytes(other.bytes().begin(), other.bytes().end());
  };
  Result<GaussianCloud> cloud = decodeGuarded(*format, file.bytes(), beside, context);
  context.release = nullptr;
  if (!cloud) {
    return withContext(std::move(cloud).error(), path.string());
  }
  LoadedCloud loaded;
  loaded.cloud = std::move(*cloud);
  loaded.formatId = format->info().id;
  loaded.fileBytes = file.bytes().size() + besideBytes;
  loaded.warnings = warningsSince(context, warningsBefore);
  loaded.levels = context.levels;
  return loaded;
}

Result<std::uint64_t> saveCloud(const std::filesystem::path& path, const GaussianCloud& cloud,
                                const ParamSet& params, IoContext& context) {
  if (namesFolder(path)) {
    VOLPRESS_TRY(const ParamSet completed, completeParams(sogFormat().info().writeParams, params));
    VOLPRESS_CHECK(validate(cloud));
    return saveLooseSog(path, cloud, completed, context);
  }
  if (path.filename() == "lod-meta.json") {
    VOLPRESS_TRY(const ParamSet completed,
                 completeParams(streamedSogFormat().info().writeParams, params));
    VOLPRESS_CHECK(validate(cloud));
    return saveStreamedSog(path, cloud, completed, context);
  }
  const Format* format = formatForName(path.filename().string());
  if (format == nullptr || !format->info().writes) {
    return fail(ErrorCode::InvalidParameter,
                "{}: the extension names no format that can be written ({})", path.string(),
                knownExtensions());
  }
  VOLPRESS_TRY(const ParamSet completed, completeParams(format->info().writeParams, params));
  VOLPRESS_CHECK(validate(cloud));
  VOLPRESS_TRY(AtomicFile file, AtomicFile::create(path));
  std::uint64_t written = 0;
  const Result<void> encoded =
      format->encodeTo(cloud, completed, context, [&](ByteView part) -> Result<void> {
        written += part.size();
        return file.write(part);
      });
  if (!encoded) {
    // Faults of the file name it already.
    return encoded.error().code == ErrorCode::IoFailure
               ? tl::unexpected<Error>(encoded.error())
               : withContext(encoded.error(), path.string());
  }
  VOLPRESS_CHECK(file.commit());
  return written;
}

}  // namespace volpress::formats
