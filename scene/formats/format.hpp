// The face of a splat file format, and the ordered list of all of them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/params.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::formats {

/// How a reader treats what is out of the ordinary.
struct ImportOptions {
  unsigned level = 0;          ///< of a scene in levels of detail, 0 the finest
  bool keepInvalid = false;    ///< hand out numbers as they are stored: may fail `validate`
  bool openTruncated = false;  ///< of a file cut short, take the complete splats, with a warning
};

/// What a reader or writer works with. `warnings` collects plain sentences for people: what was
/// dropped, clamped or guessed.
struct IoContext {
  TaskRunner& runner;
  Progress& progress;
  std::stop_token stop{};
  std::vector<std::string> warnings{};
  /// Told of parts of the file that a reader has done with, from any thread, so that their pages
  /// can be given back; empty when nobody wants to know.
  std::function<void(ByteView part)> release{};
  ImportOptions options{};
  unsigned levels = 1;  ///< set by readers of scenes in levels of detail
};

/// Bytes that one attribute costs inside a file; shares of one file add up to its size.
struct ByteShare {
  std::string
      name;  ///< "positions", "scales", "rotations", "opacities", "sh0", "shN", "header", ...
  std::uint64_t bytes = 0;
};

struct FormatInfo {
  std::string id;     ///< "ply", "compressed-ply", "splat", "ksplat", "spz", "sog", "glb", ...
  std::string label;  ///< shown to people
  std::vector<std::string> extensions;  ///< with the dot, longest first: ".compressed.ply"
  bool writes = false;
  std::vector<ParamSpec> writeParams;
  std::string lost;  ///< what writing loses, in plain words; empty when nothing is
};

/// Takes the parts of a file in order.
using ByteSink = std::function<Result<void>(ByteView part)>;

/// Hands out a file that another one names, by its safe relative name (isSafeRelativeName).
using FileSource = std::function<Result<Bytes>(const std::string& name)>;

/// A format: stateless, every call const and safe to run side by side.
class Format {
public:
  virtual ~Format() = default;
  [[nodiscard]] virtual const FormatInfo& info() const = 0;

  /// Whether these first bytes (up to 64 KiB, or the whole file when shorter) are this format's.
  /// `name` is the file name, a hint for formats without a magic.
  [[nodiscard]] virtual bool recognises(ByteView head, std::string_view name) const = 0;

  /// Parses a whole file from untrusted bytes. Allocates no more than the bytes justify. The result
  /// passes `validate`; splats that cannot be drawn are removed with a warning.
  [[nodiscard]] virtual Result<GaussianCloud> decode(ByteView file, IoContext& context) const = 0;

  /// As `decode`, for a file that may name others beside it.
  [[nodiscard]] virtual Result<GaussianCloud> decodeBeside(ByteView file, const FileSource& beside,
                                                           IoContext& context) const;

  /// The bytes of a whole file. `params` is completed (`completeParams`) by the caller.
  [[nodiscard]] virtual Result<Bytes> encode(const GaussianCloud& cloud, const ParamSet& params,
                                             IoContext& context) const = 0;

  /// The same bytes handed to `sink` part by part; formats that can avoid to hold the whole file
  /// in memory override it.
  [[nodiscard]] virtual Result<void> encodeTo(const GaussianCloud& cloud, const ParamSet& params,
                                              IoContext& context, const ByteSink& sink) const;

  /// Where the bytes of such a file go.
  [[nodiscard]] virtual Result<std::vector<ByteShare>> breakdown(ByteView file) const = 0;
};

/// Every format, in the order in which readers are tried.
[[nodiscard]] std::span<const Format* const> allFormats();
[[nodiscard]] const Format* findFormat(std::string_view id);
/// The format a file name asks for by its extension (the longest that matches), or null.
[[nodiscard]] const Format* formatForName(std::string_view name);
/// The format that recognises this content, or null.
[[nodiscard]] const Format* formatForContent(ByteView head, std::string_view name);

struct LoadedCloud {
  GaussianCloud cloud;
  std::string formatId;
  std::uint64_t fileBytes = 0;  ///< all files that belong to it
  std::vector<std::string> warnings{};
  unsigned levels = 1;  ///< of detail, of which `ImportOptions::level` was read
};

/// Opens a file, or a folder that holds a loose SOG (meta.json) or a streamed one (lod-meta.json).
/// Errors name the path.
[[nodiscard]] Result<LoadedCloud> loadCloud(const std::filesystem::path& path, IoContext& context);

/// Writes atomically in the format that `path`'s extension names. A path that ends in "/meta.json"
/// or names a folder writes a loose SOG, one that ends in "/lod-meta.json" a streamed one. Returns
/// the bytes written.
[[nodiscard]] Result<std::uint64_t> saveCloud(const std::filesystem::path& path,
                                              const GaussianCloud& cloud, const ParamSet& params,
                                              IoContext& context);

}  // namespace volpress::formats
