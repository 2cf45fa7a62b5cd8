# dotnet angelslim: eval "$(dotnet angelslim completion bash)"
_angelslim() {
  local line=${COMP_LINE:0:COMP_POINT} command=(dotnet angelslim)
  [[ ${COMP_WORDS[0]} == *dotnet-angelslim ]] && command=("${COMP_WORDS[0]}")
  mapfile -t COMPREPLY < <("${command[@]}" complete bash "$line" 2>/dev/null)
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/=] ]]; then compopt -o nospace; fi
}
_angelslim_dotnet_before=$(complete -p dotnet 2>/dev/null | sed -n 's/.*-F \([^ ]*\) .*/\1/p')
_angelslim_dotnet() {
  if [[ $COMP_CWORD -gt 1 && ${COMP_WORDS[1]} == angelslim ]]; then _angelslim
  elif [[ $_angelslim_dotnet_before && $_angelslim_dotnet_before != _angelslim_dotnet ]]; then "$_angelslim_dotnet_before" "$@"; fi
}
complete -F _angelslim dotnet-angelslim
complete -o default -F _angelslim_dotnet dotnet
