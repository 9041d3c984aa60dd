# A pair as a row for judge.awk.
.sources as $s
| [.parent, .epoch // 0, .next_sentence_label // .sentence_order_label // 0, .target_length, (.input_ids | length)]
  + ($s[0].tokens) + (if $s[1] then [$s[1].id] + $s[1].tokens else ["-", 0, 0] end)
| @tsv
