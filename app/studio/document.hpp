// What is open: scenes, their compressed variants, and which of them are compared. Qt-free.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/clip_source.hpp"
#include "app/engine/job.hpp"
#include "app/engine/photo_options.hpp"
#include "app/engine/project.hpp"
#include "app/engine/view_painter.hpp"
#include "scene/edit/operations.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::studio {

using EntryId = std::uint64_t;  ///< 0: none

inline constexpr std::size_t kMaxSides = 4;  ///< A to D

/// Of an entry's extras: "true" while its baked cloud is drawn although it has a native form.
inline constexpr const char* kBakedExtra = "drawnBaked";
/// Of a source's extras: the photographs that codecs may learn from, as photosToText.
inline constexpr const char* kPhotosExtra = "photographs";

/// What a list of edits made of a scene; immutable.
struct EditOutcome {
  std::vector<edit::EditOperation> edits;
  std::shared_ptr<const GaussianCloud> cloud;  ///< null when they failed
  std::vector<edit::EditStep> steps;           ///< one for each edit
  std::string problem;                         ///< why they failed; empty when they did not
};

/// An opened scene (`sourceId` 0) or a variant made from one. Clouds are immutable and shared with
/// the threads that draw them.
struct Entry {
  EntryId id = 0;
  EntryId sourceId = 0;
  std::string name;
  std::filesystem::path path;
  std::uint64_t fileBytes = 0;
  std::shared_ptr<const GaussianCloud> cloud;
  std::shared_ptr<const engine::ClipSource> clip;  ///< it moves: `cloud` is its first frame; a mesh
                                                   ///< stands in `model` as its nodes do
  /// What its file shows to each view before that is baked to `cloud`; null where there is no
  /// difference, or when it is not loaded.
  std::shared_ptr<const compressors::ViewDependentScene> native;
  std::shared_ptr<const engine::SceneModel> model;         ///< not splats at all: there is no cloud
  engine::SceneKind fileKind = engine::SceneKind::Splats;  ///< known before it is loaded
  std::vector<std::string> warnings;
  std::vector<formats::ByteShare> breakdown;
  std::string note;  ///< of the person
  bool starred = false;
  bool missing = false;  ///< its file is not where it was; "Locate..." finds it
  std::map<std::string, std::string> extras;  ///< JSON texts that parts of the window keep with it
  /// Of a source: done to it before it is shown and compressed. Of a variant: those it was made of.
  std::vector<edit::EditOperation> edits;

  // Of a source.
  std::string formatId;
  Camera home;              ///< the first view of it
  float pivotDistance = 1;  ///< scene units ahead of the home camera
  /// The newest of `edits` that is known, perhaps of an earlier list; null without edits.
  std::shared_ptr<const EditOutcome> outcome;

  // Of a variant.
  std::string codecId;
  std::string codecLabel;
  std::string preset;
  ParamSet overrides;
  std::uint64_t jobId = 0;
  /// "step 400 of 2000": what a running job has so far, with no file and no figures yet. Goes with
  /// the job's end, or becomes its result; no project keeps it.
  std::string moment;
  std::optional<engine::Evaluation> evaluation;
  std::vector<engine::ExportRecord> exports;  ///< files it was written to, as they were measured

  [[nodiscard]] bool isSource() const noexcept { return sourceId == 0; }
  [[nodiscard]] bool isPreview() const noexcept { return !moment.empty(); }
  /// Whether it is in memory; entries of a project are read when they are first shown.
  [[nodiscard]] bool isLoaded() const noexcept { return cloud != nullptr || model != nullptr; }
  [[nodiscard]] engine::SceneKind kind() const noexcept;
  /// What edits, the doctor and errors on the splats are for.
  [[nodiscard]] bool isStillSplats() const noexcept { return kind() == engine::SceneKind::Splats; }
  [[nodiscard]] bool moves() const noexcept { return clip != nullptr; }
  [[nodiscard]] std::size_t splats() const noexcept {
    return cloud != nullptr ? cloud->count : evaluation ? evaluation->splatsOut : 0;
  }
  /// "152,746 splats", "46,356 triangles"; empty while not known.
  [[nodiscard]] std::string contents() const;
  /// All that draws it.
  [[nodiscard]] engine::DrawnScene drawn() const { return {shown(), shownNative(), model}; }
  /// What is drawn and compressed: the edited scene as far as it is known, else the cloud itself.
  [[nodiscard]] const std::shared_ptr<const GaussianCloud>& shown() const noexcept;
  /// `native` where that is drawn: a person may want to see the baked cloud instead.
  [[nodiscard]] std::shared_ptr<const compressors::ViewDependentScene> shownNative() const noexcept;
  /// A copy whose cloud is what is shown.
  [[nodiscard]] Entry asShown() const;
  /// Those of `kPhotosExtra`; no data set where there are none.
  [[nodiscard]] engine::PhotoOptions photos() const;
  /// Against float PLY of the source's degree, plain arrays, or plain parameters; 0 when not
  /// measured.
  [[nodiscard]] double ratio() const;
};

/// The edits that are on.
[[nodiscard]] std::vector<edit::EditOperation> activeEdits(
    const std::vector<edit::EditOperation>& edits);
/// Whether both lists make the same of a scene: the same edits that are on, in order.
[[nodiscard]] bool doTheSame(const std::vector<edit::EditOperation>& a,
                             const std::vector<edit::EditOperation>& b);

/// The list and the sides. Side A is the source or a variant; B, C and D may be empty, and are
/// filled without gaps.
class Document {
public:
  /// Adds an entry and returns its id.
  EntryId add(Entry entry);
  /// Removes a variant, or a source with its variants; sides that showed them are emptied.
  void remove(EntryId id);

  /// Takes an entry out (of a source: not its variants), with its place in the list.
  struct Taken {
    Entry entry;
    std::size_t place = 0;
  };
  [[nodiscard]] std::optional<Taken> take(EntryId id);
  /// Puts an entry in with the id that it has, at a place in the list (or its end).
  void restore(Entry entry, std::size_t place);
  /// The entry (one in the trash too), to be changed; null where there is none. Its id and source
  /// stay as they are.
  [[nodiscard]] Entry* edit(EntryId id);
  void clear();

  /// Variants that were thrown away and can be put back; they are in no other list.
  [[nodiscard]] const std::vector<Entry>& trash() const noexcept { return m_trash; }
  void throwAway(Entry entry);
  [[nodiscard]] std::optional<Entry> takeFromTrash(EntryId id);

  using Sides = std::array<EntryId, kMaxSides>;
  [[nodiscard]] Sides sides() const noexcept { return m_sides; }
  /// All sides at once, as they were; ids that are gone leave no gap.
  void setSides(const Sides& sides);

  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return m_entries; }
  [[nodiscard]] const Entry* find(EntryId id) const;
  /// The source that the comparison is about, or null when nothing is open.
  [[nodiscard]] const Entry* activeSource() const;
  /// That source, and those of the entries beside it, each once.
  [[nodiscard]] std::vector<const Entry*> comparedSources() const;
  /// Variants of a source, in the order in which they arrived.
  [[nodiscard]] std::vector<const Entry*> variantsOf(EntryId source) const;

  [[nodiscard]] const Entry* side(std::size_t index) const { return find(m_sides.at(index)); }
  /// How many sides show something: 0 when nothing is open.
  [[nodiscard]] std::size_t sideCount() const;
  /// Puts an entry on a side (0: A, 1: B, ...; 0 as id empties any but A, and those after it move
  /// up). A side beyond the first empty one means that one. An entry of another source moves the
  /// comparison to that source.
  void setSide(std::size_t index, EntryId id);
  /// As `setSide`, but an entry of another source stands beside what there is: one object as
  /// splats, as a mesh and as a field. On side A it moves the comparison.
  void putBeside(std::size_t index, EntryId id);
  /// The neighbour of a side among the variants of the source that it shows, `step` places on,
  /// wrapping around; 0 when there is none.
  [[nodiscard]] EntryId neighbour(int step, std::size_t index = 1) const;

  /// `wanted`, or `wanted` with the first free number, unlike every variant's name of `source`.
  [[nodiscard]] std::string freeName(EntryId source, const std::string& wanted) const;

private:
  void settleSides();
  void closeGaps();

  std::vector<Entry> m_entries;
  std::vector<Entry> m_trash;
  Sides m_sides{};
  EntryId m_nextId = 1;
};

}  // namespace volpress::studio
