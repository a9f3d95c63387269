/**
 * How files and directories are saved and put back.
 *
 * A path is saved under the SHA-256 of its name, with a print of it: names, modes, owners and
 * checksums. What has the same print as before is left alone. Where the disk is full there is no room
 * for a copy, so that the saved file itself takes its place.
 */
import { type Script, sh } from '../model/shell';

export const pathUndo: Script = sh`place() { printf '%s/%s' "$here" "$(printf '%s' "$1" | sha256sum | cut -c 1-16)"; }
is_there() { [ -e "$1" ] || [ -L "$1" ]; }
print_of() {
if ! is_there "$1"; then echo absent; return; fi
find "$1" -exec stat -c '%A %u %g %N' {} + | sort
find "$1" -type f -exec sha256sum {} + | sort
}
save_path() {
saved=$(place "$1")
if is_there "$1"; then cp -a "$1" "$saved"; fi
print_of "$1" >"$saved.print"
}
is_as_saved() { [ "$(print_of "$1")" = "$(cat "$(place "$1").print")" ]; }
restore_path() {
is_as_saved "$1" && return
saved=$(place "$1")
if is_there "$saved"; then
new=$1.wgpush-undo
rm -rf "$new"
cp -a "$saved" "$new" || { rm -rf "$new"; cp -a -l "$saved" "$new"; } || { rm -rf "$new"; return; }
if [ -d "$1" ] && [ ! -L "$1" ]; then rm -rf "$1"; fi
mv -T "$new" "$1"
else rm -rf "$1"
fi
}
check_path() { is_as_saved "$1" || printf '%s\n' "$1"; }
attributes() { stat -c '%a %u:%g' "$1" 2>/dev/null || echo absent; }
save_directory() { attributes "$1" >"$(place "$1").attributes"; }
restore_directory() {
read -r access owner <"$(place "$1").attributes"
[ "$access" = absent ] && return
[ -d "$1" ] || mkdir "$1"
chown "$owner" "$1"
chmod "$access" "$1"
}
remove_directory() {
read -r access owner <"$(place "$1").attributes"
if [ "$access" = absent ] && [ -d "$1" ]; then rmdir "$1"; fi
}
check_directory() {
[ "$(attributes "$1")" = "$(cat "$(place "$1").attributes")" ] || printf '%s\n' "$1"
}`;
