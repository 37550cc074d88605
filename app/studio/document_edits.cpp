#include "app/studio/document_edits.hpp"

#include <utility>

namespace volpress::studio {
namespace {

tl::unexpected<Error> gone() {
  return fail(ErrorCode::InvalidParameter, "this is not in the project any more");
}

std::string nameOf(const Document& document, EntryId id) {
  const Entry* entry = document.find(id);
  return entry == nullptr ? std::string("?") : entry->name;
}

/// Takes entries out and puts them back where they were, sides included. With `toTrash` they lie in
/// the trash meanwhile, else in the command.
class TakeOut final : public engine::EditCommand {
public:
  TakeOut(Document& document, std::string text, std::vector<EntryId> ids, bool toTrash)
      : m_document(document), m_text(std::move(text)), m_ids(std::move(ids)), m_toTrash(toTrash) {}
  [[nodiscard]] std::string text() const override { return m_text; }

  Result<void> apply() override {
    for (const EntryId id : m_ids) {
      if (m_document.find(id) == nullptr) {
        return gone();
      }
    }
    m_sides = m_document.sides();
    m_taken.clear();
    for (const EntryId id : m_ids) {
      Document::Taken taken = *m_document.take(id);
      if (m_toTrash) {
        m_document.throwAway(std::move(taken.entry));
      }
      m_taken.push_back(std::move(taken));
    }
    return {};
  }

  Result<void> revert() override {
    if (m_toTrash) {
      std::vector<Entry> back;
      for (const EntryId id : m_ids) {
        auto entry = m_document.takeFromTrash(id);
        if (!entry) {
          for (Entry& one : back) {
            m_document.throwAway(std::move(one));
          }
          return fail(ErrorCode::InvalidParameter, "the trash was emptied meanwhile");
        }
        back.push_back(*std::move(entry));
      }
      for (std::size_t i = 0; i < back.size(); ++i) {
        m_taken[i].entry = std::move(back[i]);
      }
    }
    for (std::size_t i = m_taken.size(); i-- > 0;) {
      m_document.restore(std::move(m_taken[i].entry), m_taken[i].place);
    }
    m_taken.clear();
    m_document.setSides(m_sides);
    return {};
  }

private:
  Document& m_document;
  std::string m_text;
  std::vector<EntryId> m_ids;
  bool m_toTrash;
  std::vector<Document::Taken> m_taken;
  Document::Sides m_sides{};
};

/// Sets one field of an entry, and back.
template <typename Field>
class SetField final : public engine::EditCommand {
public:
  SetField(Document& document, std::string text, EntryId id, Field Entry::*field, Field value,
           std::uint64_t gesture = 0)
      : m_document(document),
        m_text(std::move(text)),
        m_id(id),
        m_field(field),
        m_value(std::move(value)),
        m_gesture(gesture) {}
  [[nodiscard]] std::string text() const override { return m_text; }

  Result<void> apply() override {
    Entry* entry = m_document.edit(m_id);
    if (entry == nullptr) {
      return gone();
    }
    std::swap(entry->*m_field, m_value);
    return {};
  }
  Result<void> revert() override { return apply(); }

  [[nodiscard]] bool absorb(const engine::EditCommand& next) override {
    // The value before this one is kept, the entry has the newest: nothing is left to copy.
    const auto* other = dynamic_cast<const SetField*>(&next);
    return m_gesture != 0 && other != nullptr && other->m_gesture == m_gesture &&
           other->m_id == m_id && other->m_field == m_field;
  }

private:
  Document& m_document;
  std::string m_text;
  EntryId m_id;
  Field Entry::*m_field;
  Field m_value;            ///< the other value: the new one before `apply`, the old one after
  std::uint64_t m_gesture;  ///< commands of the same one, when not 0, are one step
};

}  // namespace

std::unique_ptr<engine::EditCommand> addSourceEdit(Document& document, Entry source) {
  const std::string text = "Open " + source.name;
  auto kept = std::make_shared<std::optional<Entry>>(std::move(source));
  auto id = std::make_shared<EntryId>(0);
  auto sides = std::make_shared<Document::Sides>();
  return engine::makeEdit(
      text,
      [&document, kept, id, sides]() -> Result<void> {
        *sides = document.sides();
        if (*id == 0) {
          *id = document.add(std::move(**kept));
        } else {
          document.restore(std::move(**kept), document.entries().size());
        }
        kept->reset();
        document.setSides({*id});
        return {};
      },
      [&document, kept, id, sides]() -> Result<void> {
        if (!document.variantsOf(*id).empty()) {
          return fail(ErrorCode::InvalidParameter,
                      "the scene has results now; remove it with Close scene");
        }
        auto taken = document.take(*id);
        if (!taken) {
          return gone();
        }
        *kept = std::move(taken->entry);
        document.setSides(*sides);
        return {};
      });
}

std::unique_ptr<engine::EditCommand> removeSourceEdit(Document& document, EntryId id) {
  std::vector<EntryId> ids;
  for (const Entry* variant : document.variantsOf(id)) {
    ids.push_back(variant->id);
  }
  ids.push_back(id);
  return std::make_unique<TakeOut>(document, "Close " + nameOf(document, id), std::move(ids),
                                   false);
}

std::unique_ptr<engine::EditCommand> trashEdit(Document& document, std::vector<EntryId> variants) {
  const std::string what = variants.size() == 1 ? nameOf(document, variants.front())
                                                : fmt::format("{} results", variants.size());
  return std::make_unique<TakeOut>(document, "Remove " + what, std::move(variants), true);
}

std::unique_ptr<engine::EditCommand> putBackEdit(Document& document, EntryId variant) {
  std::string name = "?";
  for (const Entry& entry : document.trash()) {
    name = entry.id == variant ? entry.name : name;
  }
  return engine::makeEdit(
      "Put back " + name,
      [&document, variant]() -> Result<void> {
        auto entry = document.takeFromTrash(variant);
        if (!entry) {
          return gone();
        }
        if (document.find(entry->sourceId) == nullptr) {
          document.throwAway(*std::move(entry));
          return fail(ErrorCode::InvalidParameter, "its scene is closed; open the scene first");
        }
        document.restore(*std::move(entry), document.entries().size());
        return {};
      },
      [&document, variant]() -> Result<void> {
        auto taken = document.take(variant);
        if (!taken) {
          return gone();
        }
        document.throwAway(std::move(taken->entry));
        return {};
      });
}

std::unique_ptr<engine::EditCommand> renameEdit(Document& document, EntryId id, std::string name) {
  return std::make_unique<SetField<std::string>>(document, "Rename " + nameOf(document, id), id,
                                                 &Entry::name, std::move(name));
}

std::unique_ptr<engine::EditCommand> starEdit(Document& document, EntryId id, bool starred) {
  return std::make_unique<SetField<bool>>(document,
                                          (starred ? "Star " : "Unstar ") + nameOf(document, id),
                                          id, &Entry::starred, starred);
}

std::unique_ptr<engine::EditCommand> noteEdit(Document& document, EntryId id, std::string note) {
  return std::make_unique<SetField<std::string>>(document, "Note on " + nameOf(document, id), id,
                                                 &Entry::note, std::move(note), 1);
}

std::unique_ptr<engine::EditCommand> sceneEditsEdit(Document& document, EntryId source,
                                                    std::vector<edit::EditOperation> edits,
                                                    std::string text, std::uint64_t gesture) {
  return std::make_unique<SetField<std::vector<edit::EditOperation>>>(
      document, std::move(text), source, &Entry::edits, std::move(edits), gesture);
}

std::unique_ptr<engine::EditCommand> extraEdit(Document& document, EntryId id,
                                               const std::string& key, std::string value,
                                               std::string text, std::uint64_t gesture) {
  std::map<std::string, std::string> extras;
  if (const Entry* entry = document.find(id)) {
    extras = entry->extras;
  }
  extras[key] = std::move(value);
  return std::make_unique<SetField<std::map<std::string, std::string>>>(
      document, std::move(text), id, &Entry::extras, std::move(extras), gesture);
}

}  // namespace volpress::studio
