import { useEffect, useRef } from 'react';
import styles from './tooltip.module.css';

const id = 'tooltip';

/**
 * The one tooltip of the page: shows the text of `data-tip` of what is pointed at or has the focus. It stays while the pointer
 * is on it, and goes with Escape (WCAG 1.4.13). One listener serves any number of elements.
 */
export function Tooltip() {
  const tooltip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const tip = tooltip.current;
    return tip ? attach(tip) : undefined;
  }, []);
  return <div ref={tooltip} id={id} role="tooltip" popover="manual" className={styles.tooltip} />;
}

function attach(tip: HTMLDivElement): () => void {
  let owner: Element | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = () => {
    clearTimeout(timer);
    if (owner?.getAttribute('aria-describedby') === id) owner.removeAttribute('aria-describedby');
    owner = null;
    if (tip.matches(':popover-open')) tip.hidePopover();
  };
  const show = (target: Element) => {
    clearTimeout(timer);
    if (target === owner) return;
    hide();
    owner = target;
    tip.textContent = target.getAttribute('data-tip');
    if (!target.hasAttribute('aria-describedby')) target.setAttribute('aria-describedby', id);
    tip.showPopover();
    place(tip, target);
  };
  const over = ({ target }: Event) => {
    if (!(target instanceof Element)) return;
    if (tip.contains(target)) return clearTimeout(timer);
    const tipped = target.closest('[data-tip]');
    if (tipped) show(tipped);
    else if (owner && owner !== document.activeElement) {
      clearTimeout(timer);
      timer = setTimeout(hide, 150);
    }
  };
  const focus = ({ target }: Event) => {
    const tipped = target instanceof Element && target.matches(':focus-visible') ? target.closest('[data-tip]') : null;
    if (tipped) show(tipped);
    else hide();
  };
  const press = ({ key }: KeyboardEvent) => {
    if (key === 'Escape') hide();
  };
  document.addEventListener('pointerover', over);
  document.addEventListener('focusin', focus);
  document.addEventListener('focusout', hide);
  document.addEventListener('keydown', press, true);
  document.addEventListener('scroll', hide, { capture: true, passive: true });
  return () => {
    hide();
    document.removeEventListener('pointerover', over);
    document.removeEventListener('focusin', focus);
    document.removeEventListener('focusout', hide);
    document.removeEventListener('keydown', press, true);
    document.removeEventListener('scroll', hide, { capture: true });
  };
}

/** Below the element, or above it where there is no room, and within the window. */
function place(tip: HTMLElement, target: Element): void {
  const { left, top, bottom } = target.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tip;
  const x = Math.max(4, Math.min(left, document.documentElement.clientWidth - width - 4));
  const y = bottom + 4 + height > window.innerHeight ? Math.max(4, top - height - 4) : bottom + 4;
  tip.style.left = `${x}px`;
  tip.style.top = `${y}px`;
}
