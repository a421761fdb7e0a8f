#!/bin/sh
# in_sync.sh GENDOCS ROOT BUILD: the committed manual pages and completions are what gendocs makes now.
set -eu

gendocs=$1
root=$2
build=$3
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$gendocs" "$root" "$out"
# What is committed and no longer made is as wrong as what is missing.
rm -rf "$out/committed"
mkdir "$out/committed"
cp -R "$root/completions" "$out/committed/completions"
mkdir "$out/committed/man"
cp "$root"/man/*.[1-9] "$out/committed/man/"
if ! diff -ru "$out/committed/man" "$out/man" || ! diff -ru "$out/committed/completions" "$out/completions"; then
  echo "man/ or completions/ are behind the option table or man/src. To write them:"
  echo "  cmake --build $build --target docs"
  exit 1
fi
