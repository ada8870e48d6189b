// How far a grid scrolls so that a cell is seen beside its head, its foot and the column that stays.

const across = ({ box, lefts, widths }, column) => {
  const left = lefts[column] - lefts[1], right = lefts[column] + widths[column]
  if (left < box.scrollLeft) box.scrollLeft = left
  else if (right > box.scrollLeft + box.clientWidth) box.scrollLeft = right - box.clientWidth
}

export const reveal = (view, row, column) => {
  const { box, height } = view
  const space = box.clientHeight - view.top - view.heads.foot.offsetHeight, y = row * height
  if (y < box.scrollTop) box.scrollTop = y
  else if (y + height > box.scrollTop + space) box.scrollTop = y + height - space
  if (column) across(view, column)
}
