// The session's edits of scenes: the lists, and what they make of the scenes.
#include <utility>

#include "app/studio/document_edits.hpp"
#include "app/studio/session.hpp"

namespace volpress::studio {
namespace {

// Edits this short are let finish while the next are asked for: a slider that is dragged shows
// something all along.
constexpr qint64 kLetFinishMs = 150;

}  // namespace

void Session::setEdits(EntryId source, std::vector<edit::EditOperation> edits,
                       const std::string& text, std::uint64_t gesture) {
  const Entry* entry = m_document.find(source);
  if (entry != nullptr && entry->isSource() && entry->edits != edits) {
    perform(sceneEditsEdit(m_document, source, std::move(edits), text, gesture));
  }
}

void Session::setExtra(EntryId id, const std::string& key, const std::string& value,
                       const std::string& text, std::uint64_t gesture) {
  const Entry* entry = m_document.find(id);
  if (entry == nullptr) {
    return;
  }
  const auto at = entry->extras.find(key);
  if (at == entry->extras.end() || at->second != value) {
    perform(extraEdit(m_document, id, key, value, text, gesture));
  }
}

void Session::setDrawnNatively(EntryId id, bool native) {
  if (const Entry* entry = m_document.find(id)) {
    setExtra(id, kBakedExtra, native ? "false" : "true",
             fmt::format("Draw {} {}", entry->name, native ? "natively" : "baked"));
  }
}

void Session::provideExtra(EntryId id, const std::string& key, const std::string& value) {
  if (Entry* entry = m_document.edit(id)) {
    entry->extras.emplace(key, value);
  }
}

/// Whenever entries may have changed: what is shown follows the edits of the active source.
void Session::wantEdited() {
  const Entry* active = m_document.activeSource();
  if (active == nullptr || active->cloud == nullptr) {
    return;
  }
  if (activeEdits(active->edits).empty()) {
    if (m_edited == active->id) {
      m_editing.cancelAll();
      m_edited = 0;
      ++m_editRound;
      emit editingChanged();
    }
    m_document.edit(active->id)->outcome = nullptr;
    return;
  }
  const bool known = active->outcome != nullptr && active->outcome->edits == active->edits;
  const bool underWay = m_edited == active->id && m_editedBy == active->edits;
  if (known || underWay) {
    return;
  }
  if (m_edited != 0 && m_editClock.elapsed() > kLetFinishMs) {
    m_editing.cancelAll();
    m_edited = 0;  // what had not begun yet never answers
    ++m_editRound;
  }
  if (!m_editDelay.isActive()) {
    m_editDelay.start();
  }
}

void Session::startEdits() {
  const Entry* active = m_document.activeSource();
  if (active == nullptr || active->cloud == nullptr || activeEdits(active->edits).empty() ||
      (active->outcome != nullptr && active->outcome->edits == active->edits)) {
    return;
  }
  m_edited = active->id;
  m_editedBy = active->edits;
  m_editClock.restart();
  const std::uint64_t round = ++m_editRound;
  emit editingChanged();
  m_editing.run(
      "Editing " + active->name,
      [cache = m_editCache, cloud = active->cloud, edits = active->edits](TaskContext& context) {
        return cache->run(cloud, edits, context);
      },
      [this, id = active->id, cloud = active->cloud, round](Result<EditOutcome> outcome) {
        if (round == m_editRound) {
          m_edited = 0;
        }
        Entry* entry = m_document.edit(id);
        if (entry == nullptr || entry->cloud != cloud || !outcome ||
            activeEdits(entry->edits).empty()) {
          emit editingChanged();
          return;
        }
        if (outcome->cloud == nullptr && entry->outcome != nullptr) {
          outcome->cloud = entry->outcome->cloud;  // the picture stays as it was
        }
        entry->outcome = std::make_shared<const EditOutcome>(*std::move(outcome));
        emit editingChanged();
        emit sidesChanged();
        wantEdited();
      });
}

}  // namespace volpress::studio
