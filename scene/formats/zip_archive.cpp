#include "scene/formats/zip_archive.hpp"

#include <algorithm>
#include <set>

#include <zip.h>

namespace volpress::formats {
namespace {

constexpr zip_int64_t kMaxEntries = 65535;
constexpr std::size_t kMaxNameBytes = 512;
constexpr std::uint64_t kMaxUnpacked = std::uint64_t{64} << 30;
constexpr std::uint64_t kMaxRatio = 1032;

struct ZipDiscard {
  void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
struct ZipFileClose {
  void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};

std::string reasonOf(zip_error_t& error) {
  std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  return reason;
}

bool isLink(zip_t* archive, zip_uint64_t index) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  constexpr zip_uint32_t kTypeMask = 0170000;
  constexpr zip_uint32_t kLinkType = 0120000;
  return zip_file_get_external_attributes(archive, index, 0, &system, &attributes) == 0 &&
         system == ZIP_OPSYS_UNIX && (attributes >> 16 & kTypeMask) == kLinkType;
}

Result<ZipArchive::Entry> checkEntry(zip_t* archive, zip_uint64_t index) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
                                   ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(archive, index, ZIP_FL_ENC_RAW, &stat) != 0 ||
      (stat.valid & kNeeded) != kNeeded) {
    return fail(ErrorCode::CorruptData, "ZIP entry {} cannot be read", index);
  }
  // A folder's entry ends in a slash and holds nothing.
  std::string_view name(stat.name);
  const std::string_view path =
      name.ends_with('/') && stat.size == 0 ? name.substr(0, name.size() - 1) : name;
  if (!isSafeRelativeName(path)) {
    return fail(ErrorCode::CorruptData,
                "ZIP entry {} has the name \"{}\", allowed are relative "
                "names of at most {} bytes without \"..\"",
                index, name.substr(0, kMaxNameBytes), kMaxNameBytes);
  }
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
    return fail(ErrorCode::CorruptData, "ZIP entry \"{}\" uses method {}, allowed are 0 and 8",
                name, stat.comp_method);
  }
  if (stat.encryption_method != ZIP_EM_NONE) {
    return fail(ErrorCode::CorruptData, "ZIP entry \"{}\" is encrypted", name);
  }
  if (isLink(archive, index)) {
    return fail(ErrorCode::CorruptData, "ZIP entry \"{}\" is a link", name);
  }
  return ZipArchive::Entry{std::string(name), stat.comp_size, stat.size};
}

// Adds one stored file whose bytes outlive the archive.
bool add(zip_t* archive, const NamedBytes& file, ZipPacking packing) {
  zip_source_t* source = zip_source_buffer(archive, file.bytes.data(), file.bytes.size(), 0);
  if (source == nullptr) {
    return false;
  }
  const zip_int64_t index = zip_file_add(archive, file.name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return false;
  }
  const auto added = static_cast<zip_uint64_t>(index);
  constexpr zip_uint16_t kFirstOfJanuary1980 = 1 << 5 | 1;
  const zip_int32_t method = packing == ZipPacking::Stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE;
  return zip_set_file_compression(archive, added, method, 0) == 0 &&
         zip_file_set_dostime(archive, added, 0, kFirstOfJanuary1980, 0) == 0;
}

Result<Bytes> readAll(zip_source_t* source) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(source, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0 ||
      zip_source_open(source) != 0) {
    return fail(ErrorCode::Internal, "libzip cannot hand out the archive");
  }
  Bytes bytes(static_cast<std::size_t>(stat.size));
  const zip_int64_t got = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (got != static_cast<zip_int64_t>(bytes.size())) {
    return fail(ErrorCode::Internal, "libzip handed out {} of {} bytes", got, bytes.size());
  }
  return bytes;
}

}  // namespace

bool isSafeRelativeName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || name.front() == '/') {
    return false;
  }
  for (const char c : name) {
    if (c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20) {
      return false;
    }
  }
  std::size_t begin = 0;
  while (begin <= name.size()) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") {
      return false;
    }
    begin = end + 1;
  }
  return true;
}

struct ZipArchive::Handle {
  std::unique_ptr<zip_t, ZipDiscard> archive;
};

ZipArchive::ZipArchive() = default;
ZipArchive::ZipArchive(ZipArchive&&) noexcept = default;
ZipArchive& ZipArchive::operator=(ZipArchive&&) noexcept = default;
ZipArchive::~ZipArchive() = default;

Result<ZipArchive> ZipArchive::open(ByteView file) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  if (source == nullptr) {
    return fail(ErrorCode::CorruptData, "ZIP: {}", reasonOf(error));
  }
  ZipArchive archive;
  archive.m_handle = std::make_unique<Handle>();
  archive.m_handle->archive.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
  zip_t* handle = archive.m_handle->archive.get();
  if (handle == nullptr) {
    zip_source_free(source);
    return fail(ErrorCode::CorruptData, "ZIP directory: {}", reasonOf(error));
  }
  zip_error_fini(&error);
  const zip_int64_t count = zip_get_num_entries(handle, 0);
  if (count < 0 || count > kMaxEntries) {
    return fail(ErrorCode::CorruptData, "ZIP has {} entries, allowed are {}", count, kMaxEntries);
  }
  std::set<std::string, std::less<>> names;
  std::uint64_t packed = 0;
  std::uint64_t unpacked = 0;
  for (zip_int64_t i = 0; i < count; ++i) {
    VOLPRESS_TRY(Entry entry, checkEntry(handle, static_cast<zip_uint64_t>(i)));
    if (!names.insert(entry.name).second) {
      return fail(ErrorCode::CorruptData, "ZIP has two entries named \"{}\"", entry.name);
    }
    // Compared one by one, so that no sum can wrap.
    if (entry.packedBytes > file.size() - packed) {
      return fail(ErrorCode::CorruptData,
                  "ZIP entries up to \"{}\" take more packed bytes than the {} of the archive",
                  entry.name, file.size());
    }
    packed += entry.packedBytes;
    const std::uint64_t limit = std::min(kMaxUnpacked, kMaxRatio * file.size());
    if (entry.bytes > limit - unpacked) {
      return fail(ErrorCode::CorruptData,
                  "ZIP entries up to \"{}\" unpack to more than the {} bytes allowed", entry.name,
                  limit);
    }
    unpacked += entry.bytes;
    archive.m_entries.push_back(std::move(entry));
  }
  return archive;
}

const ZipArchive::Entry* ZipArchive::find(std::string_view name) const {
  const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  return found == m_entries.end() ? nullptr : &*found;
}

Result<Bytes> ZipArchive::read(std::string_view name) const {
  const Entry* entry = find(name);
  if (entry == nullptr) {
    return fail(ErrorCode::CorruptData, "the archive has no file \"{}\"", name);
  }
  const std::unique_ptr<zip_file_t, ZipFileClose> file(zip_fopen_index(
      m_handle->archive.get(), static_cast<zip_uint64_t>(entry - m_entries.data()), 0));
  if (file == nullptr) {
    return fail(ErrorCode::CorruptData, "ZIP entry \"{}\" cannot be opened", name);
  }
  Bytes bytes(static_cast<std::size_t>(entry->bytes));
  // Reading on past the end is what makes libzip check the CRC.
  std::byte past{};
  if (zip_fread(file.get(), bytes.data(), bytes.size()) != static_cast<zip_int64_t>(bytes.size()) ||
      zip_fread(file.get(), &past, 1) != 0) {
    return fail(ErrorCode::CorruptData, "ZIP entry \"{}\" of {} bytes is damaged", name,
                entry->bytes);
  }
  return bytes;
}

Result<Bytes> writeZip(std::span<const NamedBytes> files, ZipPacking packing) {
  std::uint64_t total = 0;
  for (const NamedBytes& file : files) {
    total += file.bytes.size() + 2 * file.name.size() + 128;
  }
  if (total >= 0xFFFFFFFF) {
    return fail(ErrorCode::InvalidParameter, "a bundle of {} bytes is over 4 GiB: write a folder",
                total);
  }
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(nullptr, 0, 0, &error);
  std::unique_ptr<zip_t, ZipDiscard> archive(
      source == nullptr ? nullptr : zip_open_from_source(source, ZIP_TRUNCATE, &error));
  if (archive == nullptr) {
    zip_source_free(source);
    return fail(ErrorCode::Internal, "ZIP: {}", reasonOf(error));
  }
  zip_error_fini(&error);
  const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> kept(source, &zip_source_free);
  zip_source_keep(source);
  for (const NamedBytes& file : files) {
    if (!add(archive.get(), file, packing)) {
      return fail(ErrorCode::Internal, "ZIP entry \"{}\": {}", file.name,
                  zip_strerror(archive.get()));
    }
  }
  if (zip_close(archive.get()) != 0) {
    return fail(ErrorCode::Internal, "ZIP: {}", zip_strerror(archive.get()));
  }
  static_cast<void>(archive.release());  // zip_close freed it
  return readAll(source);
}

}  // namespace volpress::formats
