#include "app/engine/external_codec.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

#include <stdlib.h>

#include "app/engine/child_pipes.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/scratch_folder.hpp"
#include "compressors/container/container.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/picture_codec.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
using compressors::RunContext;

constexpr std::string_view kModel = "model";
constexpr std::string_view kPayload = "payload";
constexpr std::uint32_t kVersion = 1;

/// What of a plug-in is the same for every kind of scene.
class PluginHost {
public:
  explicit PluginHost(Plugin plugin) : m_plugin(std::move(plugin)) {
    m_info.id = m_plugin.name;
    m_info.label = m_plugin.label + " (external)";
    m_info.summary = "External program: " + m_plugin.summary;
    m_info.extension = ".vpc";
    m_info.lost = "whatever the program of this plug-in loses";
    m_info.isExternal = true;
    m_info.movesSplats = true;
  }

  [[nodiscard]] const compressors::CodecInfo& info() const noexcept { return m_info; }

  [[nodiscard]] bool recognises(ByteView head) const {
    return compressors::isContainer(head) && compressors::containerCodec(head) == m_plugin.name;
  }

  /// `write` puts the scene into a file.
  template <typename Write>
  Result<Bytes> encode(const Write& write, const RunContext& context) const {
    VOLPRESS_TRY(const std::string model, this->model());
    VOLPRESS_TRY(const ScratchFolder scratch, ScratchFolder::make("plugin"));
    const fs::path input = scratch.path() / ("scene" + m_plugin.interchange);
    VOLPRESS_CHECK(write(input));
    VOLPRESS_TRY(const MappedFile payload,
                 ask(m_plugin.encode, input, scratch.path() / "payload", context));
    compressors::Container container;
    container.codecId = m_plugin.name;
    container.codecVersion = kVersion;
    container.parameters = "{}";
    const ByteView text = viewBytes(std::string_view(model));
    container.chunks.push_back({std::string(kModel), {text.begin(), text.end()}});
    container.chunks.push_back(
        {std::string(kPayload), {payload.bytes().begin(), payload.bytes().end()}});
    return compressors::writeContainer(container, context.stop);
  }

  /// `read` takes the scene out of a file.
  template <typename Read>
  auto decode(ByteView file, const Read& read, const RunContext& context) const
      -> decltype(read(fs::path())) {
    VOLPRESS_TRY(const compressors::Container container,
                 compressors::readContainer(file, context.stop));
    if (container.codecId != m_plugin.name || container.codecVersion != kVersion) {
      return fail(ErrorCode::UnsupportedVersion,
                  "is of codec \"{}\", version {}, not \"{}\", version {}", container.codecId,
                  container.codecVersion, m_plugin.name, kVersion);
    }
    constexpr std::array kKnown{kModel, kPayload};
    VOLPRESS_CHECK(compressors::checkKnownChunks(container, kKnown));
    VOLPRESS_TRY(const ByteView wrote, container.require(kModel));
    VOLPRESS_TRY(const ByteView payload, container.require(kPayload));
    VOLPRESS_TRY(const std::string model, this->model());
    if (viewText(wrote) != model) {
      return fail(ErrorCode::UnsupportedVersion,
                  "was made with the model \"{}\" of the plug-in {}, but the one that is installed "
                  "is \"{}\": only the same model can decode it",
                  printable(viewText(wrote)), m_plugin.name, model);
    }
    VOLPRESS_TRY(const ScratchFolder scratch, ScratchFolder::make("plugin"));
    const fs::path input = scratch.path() / "payload";
    VOLPRESS_CHECK(writeFileAtomically(input, payload));
    const fs::path output = scratch.path() / ("scene" + m_plugin.interchange);
    VOLPRESS_TRY(const MappedFile answer, ask(m_plugin.decode, input, output, context));
    if (compressors::isContainer(answer.bytes())) {
      return fail(ErrorCode::CorruptData,
                  "the plug-in {} answered with one of our own files where a {} is wanted",
                  m_plugin.name, m_plugin.interchange);
    }
    auto scene = read(output);
    if (!scene) {
      return withContext(std::move(scene).error(),
                         fmt::format("what the plug-in {} answered", m_plugin.name));
    }
    return scene;
  }

private:
  /// Which model does the work, as files say it.
  Result<std::string> model() const {
    if (m_plugin.modelFile.empty()) {
      return m_plugin.model;
    }
    // Weights are large: only those who use them read them, and once.
    const std::scoped_lock lock(m_mutex);
    if (m_hash.empty()) {
      VOLPRESS_TRY(const MappedFile file, MappedFile::open(m_plugin.modelFile));
      m_hash = fmt::format("xxh64:{:016x}", hashBytes(file.bytes()));
    }
    return m_hash;
  }

  static std::string printable(std::string_view text) {
    constexpr std::size_t kShown = 80;
    std::string shown(text.substr(0, kShown));
    std::replace_if(
        shown.begin(), shown.end(), [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
    return shown;
  }

  /// Runs a command; the file that it made.
  Result<MappedFile> ask(const std::vector<std::string>& command, const fs::path& input,
                         const fs::path& output, const RunContext& context) const {
    std::vector<std::string> words = command;
    for (std::string& word : words) {
      put("{input}", input.string(), word);
      put("{output}", output.string(), word);
      put("{folder}", m_plugin.folder.string(), word);
    }
    auto made = [&]() -> Result<MappedFile> {
      VOLPRESS_CHECK(runLimited(words, output.parent_path(), m_plugin.limits, context.stop));
      std::error_code problem;
      if (fs::symlink_status(output, problem).type() != fs::file_type::regular) {
        return fail(ErrorCode::CorruptData, "\"{}\" ended well, but wrote no file {}",
                    words.front(), output.filename().string());
      }
      VOLPRESS_TRY(MappedFile file, MappedFile::open(output));
      if (file.bytes().size() > m_plugin.limits.bytes) {
        return fail(ErrorCode::CorruptData, "\"{}\" wrote {} bytes; {} are allowed", words.front(),
                    file.bytes().size(), m_plugin.limits.bytes);
      }
      return file;
    }();
    return made ? std::move(made)
                : Result<MappedFile>(
                      withContext(std::move(made).error(), "the plug-in " + m_plugin.name));
  }

  static void put(std::string_view place, const std::string& value, std::string& word) {
    for (std::size_t at = word.find(place); at != std::string::npos;
         at = word.find(place, at + value.size())) {
      word.replace(at, place.size(), value);
    }
  }

  Plugin m_plugin;
  compressors::CodecInfo m_info;
  mutable std::mutex m_mutex;
  mutable std::string m_hash;
};

// How each kind of scene is handed over. Readers take what comes back as they take any file.

/// A loader of files, and the scene in what it loads, handed on as a scene of its own.
template <typename Loaded, typename Scene>
Result<Scene> readWith(Result<Loaded> (*load)(const fs::path&, TaskRunner&, Progress&,
                                              const std::stop_token&),
                       std::shared_ptr<const Scene> Loaded::*scene, const fs::path& file,
                       RunContext& context) {
  Progress unseen;
  VOLPRESS_TRY(const Loaded loaded, load(file, context.runner, unseen, context.stop));
  return Scene(*(loaded.*scene));
}

struct ExternalSplats {
  using Codec = compressors::Codec;
  using Scene = volpress::Scene;
  static Result<void> write(const Scene& scene, const fs::path& file, RunContext& context) {
    Progress unseen;
    formats::IoContext io{context.runner, unseen, context.stop, {}};
    VOLPRESS_CHECK(formats::saveCloud(file, std::get<GaussianCloud>(scene), {}, io));
    return {};
  }
  static Result<Scene> read(const fs::path& file, RunContext& context) {
    Progress unseen;
    VOLPRESS_TRY(const LoadedScene loaded, loadScene(file, context.runner, unseen, context.stop));
    return Scene(*loaded.cloud);
  }
};

struct ExternalMeshes {
  using Codec = compressors::MeshCodec;
  using Scene = Mesh;
  static Result<void> write(const Mesh& mesh, const fs::path& file, RunContext& context) {
    VOLPRESS_CHECK(saveMeshScene(file, mesh, formats::GltfGeometry::Plain, kFinePositionBits,
                                 context.runner, context.stop));
    return {};
  }
  static Result<Mesh> read(const fs::path& file, RunContext& context) {
    return readWith(loadMeshScene, &LoadedMeshScene::mesh, file, context);
  }
};

struct ExternalFields {
  using Codec = compressors::FieldCodec;
  using Scene = HashGridField;
  static Result<void> write(const HashGridField& field, const fs::path& file,
                            RunContext& /*context*/) {
    VOLPRESS_CHECK(saveFieldScene(file, field));
    return {};
  }
  static Result<HashGridField> read(const fs::path& file, RunContext& context) {
    return readWith(loadFieldScene, &LoadedFieldScene::field, file, context);
  }
};

struct ExternalPictures {
  using Codec = compressors::PictureCodec;
  using Scene = Image;
  static Result<void> write(const Image& picture, const fs::path& file, RunContext& /*context*/) {
    VOLPRESS_CHECK(savePicture(file, picture));
    return {};
  }
  static Result<Image> read(const fs::path& file, RunContext& context) {
    return readWith(loadPicture, &LoadedPicture::picture, file, context);
  }
};

template <typename Kind>
class ExternalCodec : public Kind::Codec {
public:
  using Scene = typename Kind::Scene;
  explicit ExternalCodec(Plugin plugin) : m_host(std::move(plugin)) {}

  [[nodiscard]] const compressors::CodecInfo& info() const final { return m_host.info(); }
  [[nodiscard]] bool recognises(ByteView head) const final { return m_host.recognises(head); }

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& /*params*/,
                                     RunContext& context) const final {
    return m_host.encode([&](const fs::path& file) { return Kind::write(scene, file, context); },
                         context);
  }
  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const final {
    return m_host.decode(
        file, [&](const fs::path& answer) { return Kind::read(answer, context); }, context);
  }
  [[nodiscard]] Result<std::vector<formats::ByteShare>> breakdown(ByteView file) const final {
    return compressors::containerBreakdown(file);
  }

private:
  PluginHost m_host;
};

/// Of kinds whose codecs say what they take; the program says so itself when it is run.
template <typename Kind>
class AnyScene final : public ExternalCodec<Kind> {
public:
  using ExternalCodec<Kind>::ExternalCodec;
  [[nodiscard]] Result<void> check(const typename Kind::Scene& /*scene*/,
                                   const ParamSet& /*params*/) const override {
    return {};
  }
};

/// Keeps a codec for the rest of the program's life.
template <typename Codec>
const Codec& keep(Plugin plugin) {
  static std::deque<Codec> codecs;
  return codecs.emplace_back(std::move(plugin));
}

}  // namespace

void addExternalCodec(Plugin plugin) {
  switch (plugin.kind) {
    case SceneKind::Mesh:
      compressors::addMeshCodec(keep<AnyScene<ExternalMeshes>>(std::move(plugin)));
      break;
    case SceneKind::Field:
      compressors::addFieldCodec(keep<AnyScene<ExternalFields>>(std::move(plugin)));
      break;
    case SceneKind::Picture:
      compressors::addPictureCodec(keep<ExternalCodec<ExternalPictures>>(std::move(plugin)));
      break;
    default: compressors::addCodec(keep<AnyScene<ExternalSplats>>(std::move(plugin))); break;
  }
}

}  // namespace volpress::engine
