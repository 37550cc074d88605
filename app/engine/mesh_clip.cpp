#include "app/engine/mesh_clip.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "scene/types/mesh_pose.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

class AnimationSource final : public ClipSource {
public:
  AnimationSource(ClipFacts facts, std::shared_ptr<const SceneModel> model,
                  std::vector<double> starts)
      : ClipSource(std::move(facts)), m_model(std::move(model)), m_starts(std::move(starts)) {}

  [[nodiscard]] Result<void> decode(std::size_t piece, TaskRunner& runner,
                                    const std::stop_token& stop,
                                    const ClipSink& sink) const override {
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    const ClipChapter* chapter = facts().chapterOf(piece);
    const auto animation = static_cast<std::size_t>(chapter - facts().chapters.data());
    const double seconds =
        m_starts[animation] + static_cast<double>(piece - chapter->firstFrame) / kMeshFrameRate;
    VOLPRESS_TRY(auto posed, m_model->posed({animation, seconds}, runner));
    return sink(piece, std::move(posed));
  }

private:
  std::shared_ptr<const SceneModel> m_model;
  std::vector<double> m_starts;  ///< of animations: their first key
};

class MeshFolderSource final : public ClipSource {
public:
  MeshFolderSource(ClipFacts facts, std::vector<fs::path> files)
      : ClipSource(std::move(facts)), m_files(std::move(files)) {}

  [[nodiscard]] Result<void> decode(std::size_t piece, TaskRunner& runner,
                                    const std::stop_token& stop,
                                    const ClipSink& sink) const override {
    Progress unseen;
    VOLPRESS_TRY(LoadedModel loaded, loadModel(m_files[piece], runner, unseen, stop));
    return sink(piece, std::move(loaded.model));
  }

private:
  std::vector<fs::path> m_files;
};

/// Whether any animation moves or deforms a part that is shown: skins and morph targets may be lost
/// while their animations are kept.
bool showsMotion(const Mesh& mesh) {
  std::vector<bool> moved(mesh.nodes.size(), false);
  for (const MeshAnimation& animation : mesh.animations) {
    for (const AnimationChannel& channel : animation.channels) {
      const std::vector<std::uint32_t>& parts = mesh.nodes[channel.node].parts;
      if (channel.path != AnimationPath::Weights) {
        moved[channel.node] = true;
      } else if (std::any_of(parts.begin(), parts.end(), [&](std::uint32_t part) {
                   return !mesh.parts[part].morphs.empty();
                 })) {
        return true;
      }
    }
  }
  for (std::size_t i = 0; i < mesh.nodes.size(); ++i) {  // parents come first
    moved[i] = moved[i] || (mesh.nodes[i].parent && moved[*mesh.nodes[i].parent]);
  }
  for (std::size_t i = 0; i < mesh.nodes.size(); ++i) {
    const MeshNode& node = mesh.nodes[i];
    for (const std::uint32_t part : node.parts) {
      const bool isSkinned = node.skin && !mesh.parts[part].joints.empty();
      const auto follows = [&](std::uint32_t joint) { return bool{moved[joint]}; };
      if (isSkinned ? std::any_of(mesh.skins[*node.skin].joints.begin(),
                                  mesh.skins[*node.skin].joints.end(), follows)
                    : bool{moved[i]}) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::shared_ptr<const ClipSource> makeAnimationClip(std::shared_ptr<const SceneModel> model) {
  const Mesh* mesh = model != nullptr ? model->mesh() : nullptr;
  if (mesh == nullptr || !showsMotion(*mesh)) {
    return nullptr;
  }
  ClipFacts facts;
  facts.framesPerSecond = kMeshFrameRate;
  std::vector<double> starts;
  for (const MeshAnimation& animation : mesh->animations) {
    const std::string name = animation.name.empty()
                                 ? fmt::format("animation {}", facts.chapters.size())
                                 : animation.name;
    facts.chapters.push_back({facts.frameCount, name});
    facts.frameCount += animationFrames(animation, kMeshFrameRate);
    starts.push_back(animationStart(animation));
  }
  facts.pieces.reserve(facts.frameCount);
  for (std::size_t frame = 0; frame < facts.frameCount; ++frame) {
    facts.pieces.push_back({frame, 1, 0});
  }
  return std::make_shared<const AnimationSource>(std::move(facts), std::move(model),
                                                 std::move(starts));
}

Result<std::shared_ptr<const ClipSource>> openMeshFolder(const fs::path& path) {
  VOLPRESS_TRY(SequenceFiles files, meshFolderFiles(path));
  ClipFacts facts;
  facts.framesPerSecond = kMeshFrameRate;
  facts.frameCount = files.frames.size();
  facts.warnings = std::move(files.warnings);
  for (const fs::path& file : files.frames) {
    std::error_code code;
    const std::uintmax_t bytes = fs::file_size(file, code);
    facts.pieces.push_back({facts.pieces.size(), 1, code ? 0 : bytes});
    facts.fileBytes += facts.pieces.back().bytes;
  }
  return std::make_shared<const MeshFolderSource>(std::move(facts), std::move(files.frames));
}

}  // namespace volpress::engine
