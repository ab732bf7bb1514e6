/** Two pictures of a sample over each other, and a slider that wipes or fades from one to the other. */

/** Brings the controls beside a gallery to life; without this script the pictures are side by side. */
export function compareTwo(pictures: Element): void {
  const find = <E extends Element>(what: string) => pictures.querySelector<E>(what)!;
  const [left, right, way] = ['.left', '.right', '.way'].map((what) => find<HTMLSelectElement>(what));
  const slider = find<HTMLInputElement>('input');
  const images = [...pictures.querySelectorAll<HTMLImageElement>('.gallery img')];
  const [under, over] = [new Image(), new Image()];
  const show = () => {
    for (const [image, choice] of [
      [under, right],
      [over, left],
    ] as const) {
      const { src, alt } = images[Number(choice.value)];
      if (image.src !== src) Object.assign(image, { src, alt });
    }
    const percent = Number(slider.value);
    const wipes = way.value === 'wipe';
    over.style.clipPath = wipes ? `inset(0 ${100 - percent}% 0 0)` : 'none';
    over.style.opacity = wipes ? '1' : String(percent / 100);
    slider.setAttribute('aria-valuetext', `${percent} %`);
  };
  for (const control of [left, right, way, slider]) control.addEventListener('input', show);
  find('.stage').replaceChildren(under, over);
  find<HTMLElement>('.compare').hidden = false;
  show();
}
