import { render } from 'preact';
import { KnowledgePage } from './knowledge.tsx';
import './knowledge.css';

const place = document.getElementById('page');
if (place !== null) {
  place.replaceChildren();
  render(<KnowledgePage />, place);
}
