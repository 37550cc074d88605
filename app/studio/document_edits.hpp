// The edits of a document as commands. Qt-free.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/engine/undo.hpp"
#include "app/studio/document.hpp"

namespace volpress::studio {

// The document outlives the commands made for it. Each command fails with InvalidParameter when its
// entry is not there (any more).

[[nodiscard]] std::unique_ptr<engine::EditCommand> addSourceEdit(Document& document, Entry source);
/// The source with its variants; undo brings all back.
[[nodiscard]] std::unique_ptr<engine::EditCommand> removeSourceEdit(Document& document, EntryId id);
/// Variants to the trash.
[[nodiscard]] std::unique_ptr<engine::EditCommand> trashEdit(Document& document,
                                                             std::vector<EntryId> variants);
/// A variant out of the trash, to where its siblings are.
[[nodiscard]] std::unique_ptr<engine::EditCommand> putBackEdit(Document& document, EntryId variant);
[[nodiscard]] std::unique_ptr<engine::EditCommand> renameEdit(Document& document, EntryId id,
                                                              std::string name);
[[nodiscard]] std::unique_ptr<engine::EditCommand> starEdit(Document& document, EntryId id,
                                                            bool starred);
/// Typing goes on in one step: notes of one entry that follow each other are absorbed.
[[nodiscard]] std::unique_ptr<engine::EditCommand> noteEdit(Document& document, EntryId id,
                                                            std::string note);
/// Another list of edits for a source. Lists that follow each other with the same gesture (not 0)
/// are absorbed.
[[nodiscard]] std::unique_ptr<engine::EditCommand> sceneEditsEdit(
    Document& document, EntryId source, std::vector<edit::EditOperation> edits, std::string text,
    std::uint64_t gesture);

/// Another value of one of an entry's extras; absorbed as above.
[[nodiscard]] std::unique_ptr<engine::EditCommand> extraEdit(Document& document, EntryId id,
                                                             const std::string& key,
                                                             std::string value, std::string text,
                                                             std::uint64_t gesture);

}  // namespace volpress::studio
