#include "app/studio/document.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/core.h>

#include "app/studio/display_text.hpp"

namespace volpress::studio {

double Entry::ratio() const { return evaluation ? evaluation->ratio() : 0.0; }

engine::SceneKind Entry::kind() const noexcept {
  return model != nullptr                                         ? model->kind()
         : moves() && fileKind != engine::SceneKind::MovingVoxels ? engine::SceneKind::MovingSplats
                                                                  : fileKind;
}

std::string Entry::contents() const {
  if (model != nullptr) {
    return countText(model->count()) + " " + model->unit();
  }
  if (evaluation && evaluation->mesh) {
    return countText(evaluation->mesh->trianglesOut) + " triangles";
  }
  return splats() == 0 ? std::string() : countText(splats()) + " splats";
}

const std::shared_ptr<const GaussianCloud>& Entry::shown() const noexcept {
  return outcome != nullptr && outcome->cloud != nullptr && cloud != nullptr ? outcome->cloud
                                                                             : cloud;
}

std::shared_ptr<const compressors::ViewDependentScene> Entry::shownNative() const noexcept {
  const auto baked = extras.find(kBakedExtra);
  return (baked != extras.end() && baked->second == "true") || shown() != cloud ? nullptr : native;
}

engine::PhotoOptions Entry::photos() const {
  const auto at = extras.find(kPhotosExtra);
  // A project is a file like any other: what cannot be read is left out.
  return at == extras.end() ? engine::PhotoOptions()
                            : engine::photosFromText(at->second).value_or(engine::PhotoOptions());
}

Entry Entry::asShown() const {
  Entry copy = *this;
  copy.cloud = shown();
  return copy;
}

std::vector<edit::EditOperation> activeEdits(const std::vector<edit::EditOperation>& edits) {
  std::vector<edit::EditOperation> active;
  std::copy_if(edits.begin(), edits.end(), std::back_inserter(active),
               [](const edit::EditOperation& operation) { return operation.enabled; });
  return active;
}

bool doTheSame(const std::vector<edit::EditOperation>& a,
               const std::vector<edit::EditOperation>& b) {
  const auto left = activeEdits(a);
  const auto right = activeEdits(b);
  // By text: what keeps its default may be left out of one of them.
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const edit::EditOperation& one, const edit::EditOperation& other) {
                      return one.kind == other.kind &&
                             edit::formatEdit(one) == edit::formatEdit(other);
                    });
}

EntryId Document::add(Entry entry) {
  entry.id = m_nextId++;
  m_entries.push_back(std::move(entry));
  return m_entries.back().id;
}

void Document::remove(EntryId id) {
  std::erase_if(m_entries,
                [id](const Entry& entry) { return entry.id == id || entry.sourceId == id; });
  settleSides();
}

std::optional<Document::Taken> Document::take(EntryId id) {
  const auto at = std::find_if(m_entries.begin(), m_entries.end(),
                               [id](const Entry& entry) { return entry.id == id; });
  if (at == m_entries.end()) {
    return std::nullopt;
  }
  Taken taken{std::move(*at), static_cast<std::size_t>(at - m_entries.begin())};
  m_entries.erase(at);
  settleSides();
  return taken;
}

void Document::restore(Entry entry, std::size_t place) {
  m_nextId = std::max(m_nextId, entry.id + 1);
  const std::size_t at = std::min(place, m_entries.size());
  m_entries.insert(m_entries.begin() + static_cast<std::ptrdiff_t>(at), std::move(entry));
}

Entry* Document::edit(EntryId id) {
  for (auto* list : {&m_entries, &m_trash}) {
    const auto at = std::find_if(list->begin(), list->end(),
                                 [id](const Entry& entry) { return entry.id == id; });
    if (at != list->end()) {
      return &*at;
    }
  }
  return nullptr;
}

void Document::clear() {
  m_entries.clear();
  m_trash.clear();
  m_sides = {};
}

void Document::throwAway(Entry entry) {
  m_nextId = std::max(m_nextId, entry.id + 1);  // its id stays taken
  m_trash.push_back(std::move(entry));
}

std::optional<Entry> Document::takeFromTrash(EntryId id) {
  const auto at = std::find_if(m_trash.begin(), m_trash.end(),
                               [id](const Entry& entry) { return entry.id == id; });
  if (at == m_trash.end()) {
    return std::nullopt;
  }
  Entry entry = std::move(*at);
  m_trash.erase(at);
  return entry;
}

void Document::setSides(const Sides& sides) {
  m_sides = sides;
  settleSides();
}

/// Drops sides whose entry is gone; A shows something as long as there is anything.
void Document::settleSides() {
  const bool lostA = find(m_sides[0]) == nullptr;
  closeGaps();
  if (lostA && !m_entries.empty()) {
    // What stands beside it says which scene was looked at: its original takes the place.
    const Entry* other = find(m_sides[0]);
    const EntryId source = other == nullptr    ? m_entries.front().id
                           : other->isSource() ? other->id
                                               : other->sourceId;
    std::copy_backward(m_sides.begin(), m_sides.end() - 1, m_sides.end());
    m_sides[0] = find(source) != nullptr ? source : m_entries.front().id;
  }
}

void Document::closeGaps() {
  const auto end = std::remove_if(m_sides.begin(), m_sides.end(),
                                  [this](EntryId side) { return find(side) == nullptr; });
  std::fill(end, m_sides.end(), 0);
}

std::size_t Document::sideCount() const {
  return static_cast<std::size_t>(
      std::count_if(m_sides.begin(), m_sides.end(), [](EntryId side) { return side != 0; }));
}

const Entry* Document::find(EntryId id) const {
  if (id == 0) {
    return nullptr;
  }
  const auto at = std::find_if(m_entries.begin(), m_entries.end(),
                               [id](const Entry& entry) { return entry.id == id; });
  return at == m_entries.end() ? nullptr : &*at;
}

const Entry* Document::activeSource() const {
  const Entry* shown = find(m_sides[0]);
  if (shown == nullptr) {
    return nullptr;
  }
  return shown->isSource() ? shown : find(shown->sourceId);
}

std::vector<const Entry*> Document::comparedSources() const {
  std::vector<const Entry*> sources;
  for (const EntryId id : m_sides) {
    const Entry* shown = find(id);
    const Entry* source = shown == nullptr || shown->isSource() ? shown : find(shown->sourceId);
    if (source != nullptr && std::find(sources.begin(), sources.end(), source) == sources.end()) {
      sources.push_back(source);
    }
  }
  return sources;
}

std::vector<const Entry*> Document::variantsOf(EntryId source) const {
  std::vector<const Entry*> variants;
  for (const Entry& entry : m_entries) {
    if (!entry.isSource() && entry.sourceId == source) {
      variants.push_back(&entry);
    }
  }
  return variants;
}

void Document::setSide(std::size_t index, EntryId id) {
  const Entry* entry = find(id);
  if (entry == nullptr) {
    if (index > 0) {
      m_sides.at(index) = 0;
      closeGaps();
    }
    return;
  }
  const Entry* active = activeSource();
  const EntryId source = entry->isSource() ? entry->id : entry->sourceId;
  if (active == nullptr || active->id != source) {
    m_sides = {source};
  }
  m_sides.at(std::min(index, sideCount())) = id;
}

void Document::putBeside(std::size_t index, EntryId id) {
  if (index == 0 || activeSource() == nullptr || find(id) == nullptr) {
    setSide(index, id);
  } else {
    m_sides.at(std::min(index, sideCount())) = id;
  }
}

EntryId Document::neighbour(int step, std::size_t index) const {
  const Entry* shown = side(index);
  const Entry* source = shown == nullptr    ? activeSource()
                        : shown->isSource() ? shown
                                            : find(shown->sourceId);
  if (source == nullptr) {
    return 0;
  }
  const std::vector<const Entry*> variants = variantsOf(source->id);
  if (variants.empty()) {
    return 0;
  }
  const auto count = static_cast<std::ptrdiff_t>(variants.size());
  const auto at = std::find_if(variants.begin(), variants.end(),
                               [&](const Entry* entry) { return entry->id == m_sides.at(index); });
  if (at == variants.end()) {
    return step > 0 ? variants.front()->id : variants.back()->id;
  }
  const std::ptrdiff_t next = ((at - variants.begin() + step) % count + count) % count;
  return variants[static_cast<std::size_t>(next)]->id;
}

std::string Document::freeName(EntryId source, const std::string& wanted) const {
  std::string name = wanted;
  for (int number = 2;; ++number) {
    const bool taken = std::any_of(m_entries.begin(), m_entries.end(), [&](const Entry& entry) {
      return entry.sourceId == source && entry.name == name;
    });
    if (!taken) {
      return name;
    }
    name = fmt::format("{} {}", wanted, number);
  }
}

}  // namespace volpress::studio
