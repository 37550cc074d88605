// Does lists of edits again and again while one of them is being changed. Qt-free.
#pragma once

#include <memory>
#include <vector>

#include "app/studio/document.hpp"
#include "app/studio/scene_tasks.hpp"

namespace volpress::studio {

/// Keeps the scene as it is before the first edit that changed last, so that dragging one slider
/// does not do again what comes before it. For one thread at a time.
class EditCache {
public:
  /// What `edits` make of `cloud`: the same as applyEdits. Edits that fail are an outcome with a
  /// problem; only a stop is an error.
  [[nodiscard]] Result<EditOutcome> run(const std::shared_ptr<const GaussianCloud>& cloud,
                                        const std::vector<edit::EditOperation>& edits,
                                        TaskContext& context);

  /// How many edits of the list that was done last came from what was kept.
  [[nodiscard]] std::size_t reused() const noexcept { return m_reused; }

private:
  /// The scene after the first edits of a list.
  struct Begun {
    std::vector<edit::EditOperation> edits;
    std::vector<edit::EditStep> steps;
    std::shared_ptr<const GaussianCloud> cloud;
  };
  [[nodiscard]] Result<Begun> goOn(const Begun& from, std::span<const edit::EditOperation> edits,
                                   TaskContext& context);

  std::shared_ptr<const GaussianCloud> m_cloud;
  std::vector<edit::EditOperation> m_last;  ///< the list that was asked for last
  Begun m_kept;
  std::size_t m_reused = 0;
};

/// What an edit starts from in a scene: where it lies and how large its splats are.
struct EditFacts {
  Bounds bounds;  ///< of the means
  edit::RobustExtent extent;
  float smallSplat = 0;  ///< one splat in twenty is smaller, by its largest standard deviation
  float largeSplat = 0;  ///< one in fifty is larger
  float largestSplat = 0;
  unsigned shDegree = 0;
};
[[nodiscard]] EditFacts editFactsOf(const GaussianCloud& cloud);

/// An edit of a kind as it is added: around the dense part of the scene, at limits that do
/// something, so that the first look says what it is about.
[[nodiscard]] edit::EditOperation suggestedEdit(const edit::EditKind& kind, const EditFacts& facts);

/// The range over which a slider moves a parameter of an edit in this scene; its own range where
/// that says enough.
[[nodiscard]] ParamRange sliderRange(const edit::EditKind& kind, const ParamSpec& spec,
                                     const EditFacts& facts);

}  // namespace volpress::studio
